import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const projectFolder: string = join(import.meta.dirname, '..', '..');
export const builtCli: string = join(projectFolder, 'dist', 'cli.cjs');
export const builtHelper: string = join(projectFolder, 'build', 'tsmachine-helper');

export interface CliOptions {
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Given on standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export interface CliResult {
  /** 128+N if the program was killed by signal N's name in `killedBy`. */
  readonly code: number;
  readonly killedBy: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program to its end, as a shell would. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options);
  return collect(child, options.input);
}

/** The same, still running: for tests that kill it or talk with it. Standard streams are pipes. */
export function spawnCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  for (const path of [builtCli, builtHelper]) {
    if (!existsSync(path)) throw new Error(`${path} is not built: npm run build`);
  }
  return spawn(process.execPath, [builtCli, ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** Waits for a child and for the end of its streams. */
export function collect(child: ChildProcess, input: string | Uint8Array = ''): Promise<CliResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A program that does not read its input may end before it is written.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({
        code: code ?? 128,
        killedBy: signal ?? undefined,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
  });
}
