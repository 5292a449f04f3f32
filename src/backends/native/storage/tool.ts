/** Programs of the host that do storage work: no shell, a clean environment, and what they complain of first is the error. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { BackendError } from '../../backend.ts';
import { helperEnvironment } from '../helper-client.ts';
import { HINTS } from './storage-error.ts';

/** What an error says: "cannot ACTION PATH: ...". */
export interface ToolTask {
  readonly action: string;
  readonly path: string;
  /** Aborting kills the tool. */
  readonly signal?: AbortSignal;
  /** Told how many lines more were printed; the output is not kept then. */
  readonly onLines?: (count: number) => void;
}

const PACKAGES = {
  btrfs: 'btrfs-progs',
  cp: 'coreutils',
  du: 'coreutils',
  find: 'findutils',
  rm: 'coreutils',
  setpriv: 'util-linux',
  'ssh-keygen': 'openssh-client (Debian, Ubuntu) or openssh',
  sync: 'coreutils',
  tar: 'tar',
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
      task.onLines === undefined ? readText(child.stdout) : countLines(child.stdout, task.onLines),
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

/** Where a tool is, undefined if it is missing. */
export function toolPath(tool: Tool): string | undefined {
  return toolEnvironment()
    .PATH.split(':')
    .map((folder) => `${folder}/${tool}`)
    .find(isExecutable);
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function ended(tool: Tool, child: ChildProcess, { action, path }: ToolTask): Promise<void> {
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

async function countLines(stream: Readable, onLines: (count: number) => void): Promise<string> {
  for await (const chunk of stream) onLines(newlines(chunk as Buffer));
  return '';
}

function newlines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) count += 1;
  return count;
}

async function toolError(
  tool: Tool,
  child: ChildProcess,
  complaint: string,
  { action, path }: ToolTask,
): Promise<BackendError> {
  const how = child.signalCode ?? `exit code ${child.exitCode}`;
  const reason = complaint.trim().split('\n')[0] || `${tool} ended with ${how}`;
  const full = await isFull(path);
  return new BackendError('failed', `cannot ${action} ${path}: ${reason}`, {
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
