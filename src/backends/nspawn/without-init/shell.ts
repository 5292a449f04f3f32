/** A shell that reads commands from us and says what became of each. What it is, and what it says, is the machine's: nothing of that is trusted. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { BackendError, type ExecResult } from '../../backend.ts';

/** Of what a command says: far more than anybody is told of it. */
const MOST_CHARACTERS = 64 * 1024;
/** What may be the beginning of our line is longer than that line. */
const TAIL = 256;

export interface Shell {
  /** Both streams are in `stdout`. @throws BackendError 'not-running' if the shell is there no more */
  run(argv: readonly [string, ...string[]]): Promise<ExecResult>;
  /** It has no more to do. Resolves when all of it is gone. */
  end(): Promise<void>;
}

/** @param mark a word that nobody can guess: it tells our lines from those of commands */
export function shellOn(child: ChildProcessWithoutNullStreams, mark: string): Shell {
  const ended = once(child, 'close');
  // Both are said by `run`, which finds nobody there.
  ended.catch(() => {});
  child.stdin.on('error', () => {});
  child.stdout.setEncoding('utf8');
  return {
    async run(argv) {
      const answer = readAnswer(child, mark);
      child.stdin.write(commandLine(argv, mark));
      return await answer;
    },
    async end() {
      child.stdin.end('exit 0\n');
      await ended;
    },
  };
}

/** The command has nothing of the shell but its output; what follows it is the shell's own. */
export function commandLine(argv: readonly string[], mark: string): string {
  return `${argv.map(quoted).join(' ')} </dev/null 2>&1\nprintf '\\n%s %s\\n' ${mark} "$?"\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function readAnswer({ stdout }: ChildProcessWithoutNullStreams, mark: string): Promise<ExecResult> {
  const pattern = new RegExp(`\\n${mark} (\\d{1,3})\\n`);
  return new Promise((resolve, reject) => {
    let said = '';
    const onData = (chunk: string) => {
      said += chunk;
      const found = pattern.exec(said);
      if (found === null) {
        if (said.length > MOST_CHARACTERS + TAIL) said = said.slice(0, MOST_CHARACTERS) + said.slice(-TAIL);
        return;
      }
      stop();
      resolve({
        exitCode: Number(found[1]),
        stdout: Buffer.from(said.slice(0, found.index)),
        stderr: Buffer.alloc(0),
      });
    };
    const onEnd = () => {
      stop();
      reject(new BackendError('not-running', 'what ran the commands ended'));
    };
    const stop = () => {
      stdout.off('data', onData);
      stdout.off('close', onEnd);
    };
    if (stdout.closed) return onEnd();
    stdout.on('data', onData);
    stdout.on('close', onEnd);
  });
}
