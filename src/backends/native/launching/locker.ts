/** Taking locks: each answered by itself, at once where it can be; several that are wanted together, and are busy, waited for by one process of ours. */
import type { Readable } from 'node:stream';
import { BackendError } from '../../backend.ts';
import { addonBeside } from '../addon.ts';
import { spawnHelper } from '../helper-client.ts';
import { createBatch, type Pending } from './batch.ts';
import { type LockOutcome, lockFiles, lockNow } from './lock-files.ts';

/** Locks all descriptors or tells which one stayed busy for `waitMs`. */
export type Locker = (fds: readonly number[], waitMs: number) => Promise<LockOutcome>;

interface Wanted {
  readonly fd: number;
  readonly waitMs: number;
}

type Request = Pending<Wanted, LockOutcome>;

/** As many as the helper takes. */
const MOST = 64;

/** Locks that belong together (a rename's two names) are taken all or none, in order, by a process of their own. */
export function createLocker(helperPath: string): Locker {
  const add = createBatch<Request>(MOST, (requests) => {
    for (const group of groupByWait(requests)) lockGroup(helperPath, group);
  });
  return async (fds, waitMs) => {
    const [fd] = fds;
    if (fd === undefined || fds.length > 1) return lockFiles(helperPath, fds, waitMs);
    const outcome = lockAtOnce(helperPath, fd);
    if (outcome === 'locked' || (outcome !== undefined && waitMs === 0)) return outcome;
    return new Promise((resolve, reject) => add({ given: { fd, waitMs }, resolve, reject }));
  };
}

/** Undefined if that would take a process. The turn of the event loop that a batch waits for is a millisecond of a command. */
function lockAtOnce(helperPath: string, fd: number): LockOutcome | undefined {
  return addonBeside(helperPath) === undefined ? undefined : lockNow(helperPath, [fd]);
}

function groupByWait(requests: readonly Request[]): readonly (readonly Request[])[] {
  const waits = [...new Set(requests.map(({ given }) => given.waitMs))];
  return waits.map((waitMs) => requests.filter(({ given }) => given.waitMs === waitMs));
}

function lockGroup(helperPath: string, requests: readonly Request[]): void {
  const [first] = requests;
  if (first === undefined) return;
  if (requests.length === 1) first.resolve(lockFiles(helperPath, [first.given.fd], first.given.waitMs));
  else lockEach(helperPath, requests, first.given.waitMs).catch((error) => rejectAll(requests, error));
}

async function lockEach(helperPath: string, requests: readonly Request[], waitMs: number): Promise<void> {
  const inChild = requests.map((_, index) => String(index + 3));
  const { child, failed } = spawnHelper(helperPath, ['lock-each', String(waitMs), ...inChild], {
    stdio: ['ignore', 'pipe', 'ignore', ...requests.map(({ given }) => given.fd)],
  });
  const waiting = new Map(requests.map((request, index) => [index + 3, request]));
  await Promise.race([settleAsTold(waiting, child.stdout as Readable), failed]);
  if (waiting.size > 0) {
    rejectAll([...waiting.values()], new BackendError('failed', 'the helper could not lock'));
  }
}

/** Whoever was answered is taken off. */
async function settleAsTold(waiting: Map<number, Request>, answers: Readable): Promise<void> {
  let rest = '';
  for await (const chunk of answers) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) settleOne(waiting, line);
  }
}

function settleOne(waiting: Map<number, Request>, line: string): void {
  const [fd, outcome] = line.split(' ');
  const request = waiting.get(Number(fd));
  if (request === undefined || (outcome !== 'locked' && outcome !== 'busy')) return;
  waiting.delete(Number(fd));
  request.resolve(outcome === 'locked' ? 'locked' : { busy: request.given.fd });
}

function rejectAll(requests: readonly Request[], error: unknown): void {
  for (const { reject } of requests) reject(error);
}
