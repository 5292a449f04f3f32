/** Running the C helper: no shell, a clean environment, answers as records on a descriptor of their own. */
import { type ChildProcess, type StdioOptions, spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BackendError } from '../backend.ts';
import { decodeRecords, type WireRecord } from './records.ts';

/** More than any answer of the helper: who says more is not the helper. */
const ANSWER_LIMIT = 1024 * 1024;

export interface HelperOptions {
  readonly stdio: StdioOptions;
  /** True: its own session, so that it outlives us and our terminal. */
  readonly detached?: boolean;
}

/** What the helper, and what it runs on the host, may know of our environment. */
export function helperEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: process.env['HOME'] ?? '/',
  };
}

/** Who it works for: if we are gone before it has asked the kernel for our end, it must not begin. */
function environmentOfHelper(): Record<string, string> {
  return { ...helperEnvironment(), TSMACHINE_CALLER: String(process.pid) };
}

/** @throws BackendError 'helper-missing' (rejects through `started`) */
export function spawnHelper(
  helperPath: string,
  args: readonly string[],
  options: HelperOptions,
): { readonly child: ChildProcess; readonly failed: Promise<never> } {
  const child = spawn(helperPath, args, {
    stdio: options.stdio,
    detached: options.detached ?? false,
    env: environmentOfHelper(),
    // A helper that stays must not keep a folder of the caller busy.
    cwd: '/',
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => reject(spawnError(helperPath, cause)));
  });
  // Whoever races it sees the rejection; it must not count as unhandled when the race is over.
  failed.catch(() => {});
  return { child, failed };
}

/** How a helper ended, and what it said where its standard output and error are pipes. */
export interface HelperEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: Buffer;
  readonly complaint: Buffer;
}

const NOTHING = Buffer.alloc(0);

/**
 * Runs a helper that never waits for anything to its end, while we wait too: half the time of one that is waited for by the event
 * loop.
 * @throws BackendError 'helper-missing', 'failed'
 */
export function runHelperAtOnce(
  helperPath: string,
  args: readonly string[],
  options: { readonly stdio: StdioOptions; readonly input?: Buffer },
): HelperEnd {
  const { status, signal, stdout, stderr, error } = spawnSync(helperPath, args, {
    ...options,
    env: environmentOfHelper(),
    cwd: '/',
  });
  // One that is gone does not read its input; its exit code says so.
  const hasRun = error === undefined || (error as NodeJS.ErrnoException).code === 'EPIPE';
  if (!hasRun) throw spawnError(helperPath, error);
  return { code: status, signal, output: stdout ?? NOTHING, complaint: stderr ?? NOTHING };
}

function spawnError(helperPath: string, cause: NodeJS.ErrnoException): BackendError {
  const missing = cause.code === 'ENOENT' || cause.code === 'EACCES' || cause.code === 'ENOEXEC';
  return new BackendError(
    missing ? 'helper-missing' : 'failed',
    `cannot run the helper ${helperPath}: ${cause.code ?? cause.message}`,
    {
      syscall: 'execve',
      path: helperPath,
      ...(cause.code === undefined ? {} : { errno: cause.code }),
      hint: missing
        ? 'Build it (needs a C compiler and make): in a checkout with `npm run build`; as an installed package, whose ' +
          'install script npm may not have run, with `npm rebuild -g --allow-scripts=tsmachine tsmachine`.'
        : 'Look at the limits on processes and memory of this user (ulimit -u, ulimit -v).',
      cause,
    },
  );
}

/** Everything a stream says, as records. Empty if it ended without a word. */
export async function readAnswer(stream: Readable): Promise<readonly WireRecord[]> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > ANSWER_LIMIT) throw new BackendError('failed', 'the helper answers without end');
  }
  return length === 0 ? [] : decodeRecords(Buffer.concat(chunks));
}

/** The code of a child that ended; 128+N for signal N is left to the caller. */
export function waitForExit(
  child: ChildProcess,
): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}
