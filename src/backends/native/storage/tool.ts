/** Programs of the host that do storage work: no shell, a clean environment, and what they complain of first is the error. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { BackendError } from '../../backend.ts';
import { findExecutable } from '../executable.ts';
import { helperEnvironment } from '../helper-client.ts';
import { HINTS, shortText } from './storage-error.ts';

/** What an error says: "cannot ACTION PATH: ...". */
export interface ToolTask {
  readonly action: string;
  readonly path: string;
  /** Aborting kills the tool. */
  readonly signal?: AbortSignal;
}

const PACKAGES = {
  btrfs: 'btrfs-progs',
  cp: 'coreutils',
  du: 'coreutils',
  find: 'findutils',
  gzip: 'gzip',
  rm: 'coreutils',
  'ssh-keygen': 'openssh-client (Debian, Ubuntu) or openssh',
  sync: 'coreutils',
  tar: 'tar',
  xz: 'xz-utils (Debian, Ubuntu) or xz',
  zstd: 'zstd',
} as const;

export type Tool = keyof typeof PACKAGES;

/** Of what a tool prints: more than any of ours says, and no machine can fill our memory with it. */
const OUTPUT_LIMIT = 64 * 1024;
/** A disk with less than this left is what a tool failed of. */
const FULL_BYTES = 64 * 1024;

/**
 * What the tool printed.
 * @throws BackendError 'unsupported' if the tool is missing, 'failed' if it does not end with 0; the signal's reason
 */
export async function runTool(tool: Tool, args: readonly string[], task: ToolTask): Promise<string> {
  task.signal?.throwIfAborted();
  const child = spawn(tool, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is for us: we end the tool, and remove what it made.
    detached: true,
    cwd: '/',
    env: toolEnvironment(),
  });
  const kill = () => child.kill('SIGKILL');
  task.signal?.addEventListener('abort', kill);
  try {
    const [output, complaint] = await Promise.all([
      readText(child.stdout),
      readText(child.stderr),
      ended(tool, child, task),
    ]);
    task.signal?.throwIfAborted();
    if (child.exitCode !== 0) throw await toolError(tool, child, complaint, task);
    return output;
  } finally {
    task.signal?.removeEventListener('abort', kill);
  }
}

export interface StartedTool {
  readonly child: ChildProcess;
  /** Rejects as runTool does. */
  readonly done: Promise<void>;
}

/** One of a pipeline. The caller ends it. */
export function startTool(
  tool: Tool,
  args: readonly string[],
  stdio: readonly ['pipe', 'pipe' | number],
  task: Pick<ToolTask, 'action' | 'path'>,
): StartedTool {
  const child = spawn(tool, args, {
    stdio: [...stdio, 'pipe'],
    detached: true,
    cwd: '/',
    env: toolEnvironment(),
  });
  // One that is gone does not read; its exit code says so.
  child.stdin?.on('error', () => {});
  const done = (async () => {
    const [complaint] = await Promise.all([readText(child.stderr as Readable), ended(tool, child, task)]);
    if (child.exitCode !== 0) throw await toolError(tool, child, complaint, task);
  })();
  // Whoever waits for it sees the rejection; it must not count as unhandled when nobody does any more.
  done.catch(() => {});
  return { child, done };
}

/** Where a tool is, undefined if it is missing. */
export function toolPath(tool: Tool): string | undefined {
  return findExecutable(tool, toolEnvironment().PATH.split(':'));
}

/**
 * Some distributions keep a person's PATH free of sbin, where btrfs is. What is relative in it would mean another folder where a tool
 * runs, and find refuses it.
 */
function toolEnvironment() {
  const { PATH = '', ...rest } = helperEnvironment();
  const absolute = PATH.split(':').filter((folder) => folder.startsWith('/'));
  return { ...rest, PATH: [...absolute, '/usr/sbin', '/sbin'].join(':'), LC_ALL: 'C' };
}

async function ended(
  tool: Tool,
  child: ChildProcess,
  { action, path }: Pick<ToolTask, 'action' | 'path'>,
): Promise<void> {
  try {
    await once(child, 'close');
  } catch (cause) {
    throw new BackendError('unsupported', `cannot ${action} ${path}: there is no ${tool}`, {
      path,
      hint: `Install the package ${PACKAGES[tool]}.`,
      cause,
    });
  }
}

async function readText(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) if (text.length < OUTPUT_LIMIT) text += String(chunk);
  return text;
}

async function toolError(
  tool: Tool,
  child: ChildProcess,
  complaint: string,
  { action, path }: Pick<ToolTask, 'action' | 'path'>,
): Promise<BackendError> {
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  const reason = shortText(complaint.trim().split('\n')[0] || `${tool} ended with ${how}`);
  const full = await isFull(path);
  return new BackendError('failed', `cannot ${action} ${shortText(path)}: ${reason}`, {
    path,
    ...(full ? { errno: 'ENOSPC', hint: HINTS['ENOSPC'] } : {}),
  });
}

/** A tool's errno is in its text only; the disk itself can be asked. */
async function isFull(path: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(path).catch(() => statfs(dirname(path)));
    return bavail * bsize < FULL_BYTES;
  } catch {
    return false;
  }
}
