/** What a machine printed on its console: systemd-nspawn writes it to its standard output, which its unit has in the journal. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BackendError } from '../../backend.ts';
import { helperEnvironment } from '../../native/helper-client.ts';

/** A machine may print without end: what is kept is the last of it. */
const MOST_LINES = 10_000;
const MOST_BYTES = 1024 * 1024;

/** The last MiB; lines end as on a terminal. @throws BackendError */
export async function readJournal(unit: string): Promise<Buffer> {
  const child = journalctl(unit, `--lines=${MOST_LINES}`);
  const chunks: Buffer[] = [];
  let length = 0;
  const ended = endOf(child);
  for await (const chunk of child.stdout as Readable) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    while (length - (chunks[0]?.length ?? 0) >= MOST_BYTES) length -= chunks.shift()?.length ?? 0;
  }
  await ended;
  return asOnTerminal(Buffer.concat(chunks)).subarray(-MOST_BYTES);
}

/** What is printed from now on, in whatever run of the machine; ends when `signal` aborts. */
export async function* followJournal(
  unit: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  if (signal.aborted) return;
  const child = journalctl(unit, '--lines=0', '--follow');
  const end = () => void child.kill();
  signal.addEventListener('abort', end);
  const ended = endOf(child);
  // Whoever stops reading does not hear of it.
  ended.catch(() => {});
  try {
    for await (const chunk of child.stdout as Readable) yield asOnTerminal(chunk as Buffer);
    if (!signal.aborted) await ended;
  } finally {
    signal.removeEventListener('abort', end);
    child.kill();
  }
}

/** The text alone, one entry a line: journalctl(1). */
function journalctl(unit: string, ...words: readonly string[]): ChildProcess {
  return spawn('journalctl', [`--unit=${unit}`, '--output=cat', '--all', '--quiet', '--no-pager', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: helperEnvironment(),
    cwd: '/',
  });
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const missing = cause.code === 'ENOENT';
      reject(
        new BackendError('failed', `cannot run journalctl: ${cause.code ?? cause.message}`, {
          syscall: 'execve',
          ...(cause.code === undefined ? {} : { errno: cause.code }),
          ...(missing ? { hint: "What machines print is in systemd's journal: install systemd." } : {}),
          cause,
        }),
      );
    });
    // Of a unit that never printed anything it says so by its exit code.
    child.once('close', () => resolve());
  });
}

function asOnTerminal(text: Buffer): Buffer {
  return Buffer.from(text.toString('latin1').replace(/\r*\n/g, '\r\n'), 'latin1');
}
