/**
 * Telling what limits did, each thing once: what was told stands in RUN/NAME/told, and who tells holds its lock. The monitor asks
 * for it while the machine runs, and whoever decides about its end does when it has ended; both may be at it at once.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { MachineHandle } from '../../backend.ts';
import type { LimitHistory, LimitNews, PressureResource } from '../../limit-news.ts';
import { lockFiles } from '../launching/lock-files.ts';
import { readSmallFile } from '../life/small-file.ts';
import { readStateFile } from '../life/state-file.ts';
import type { HostView } from '../life/status.ts';
import { counterFiles, limitedPageSizes, readLastCounts, stalledUsec, takeReadings } from './readings.ts';
import { newsSince, nothingTold, type Seen, type Told } from './since.ts';

/** Telling takes a millisecond; a machine's end does not wait longer for somebody who hangs. */
const LOCK_WAIT_MS = 500;

/** One write of one length is never seen in part. */
const TOLD_WIDTH = 1024;

/**
 * `tell` gets what is new, and is not called if nothing is. If it throws, nothing counts as told.
 * @param signalled files of which the monitor said that they signalled
 * @returns undefined for a machine that has no run directory (any more)
 */
export async function takeLimitNews(
  machine: MachineHandle,
  host: HostView,
  helperPath: string,
  signalled: readonly string[],
  tell: (news: readonly LimitNews[]) => void,
): Promise<LimitHistory | undefined> {
  const found = look(machine, host, signalled);
  if (found === undefined) return undefined;
  if (newsSince(found.told, found.seen).news.length === 0) return historyOf(found.told);
  const fd = openTold(machine);
  if (fd === undefined) return undefined;
  try {
    if ((await lockFiles(helperPath, [fd], LOCK_WAIT_MS)) !== 'locked') return historyOf(found.told);
    const now = look(machine, host, signalled);
    // Gone meanwhile: whoever decided about the end had the lock before us.
    return now === undefined ? undefined : tellLocked(fd, now, tell);
  } finally {
    closeSync(fd);
  }
}

function tellLocked(fd: number, { told, seen }: Found, tell: (news: readonly LimitNews[]) => void) {
  const since = newsSince(told, seen);
  if (since.news.length > 0) {
    tell(since.news);
    writeSync(fd, JSON.stringify(since.told).padEnd(TOLD_WIDTH), 0);
  }
  return historyOf(since.told);
}

function historyOf({ run, oomAt }: Told): LimitHistory {
  return { run, oomAt };
}

interface Found {
  readonly told: Told;
  readonly seen: Seen;
}

/** A machine that boots again in between has the same files, and counts from nothing: then once more. */
function look(machine: MachineHandle, host: HostView, signalled: readonly string[]): Found | undefined {
  for (;;) {
    const run = readStateFile(machine.runDirectory)?.startedAt;
    if (run === undefined) return undefined;
    const found = { told: readTold(machine, run), seen: see(machine, host, signalled) };
    if (readStateFile(machine.runDirectory)?.startedAt === run) return found;
  }
}

/** After the end of a run its groups are gone, and what the monitor noted is the truth. */
function see(machine: MachineHandle, host: HostView, signalled: readonly string[]): Seen {
  const files = counterFiles(
    host.layout,
    host.cgroupParent,
    machine.spec.name,
    limitedPageSizes(machine.spec),
  );
  const last = readLastCounts(machine.runDirectory);
  const read = last?.read ?? readSmallFile;
  const happened = new Set([...signalled, ...(last?.happened ?? [])]);
  const pressure: Partial<Record<PressureResource, number>> = {};
  for (const resource of ['memory', 'cpu', 'io'] as const) {
    if (!happened.has(`${files.pressure}/${resource}.pressure`)) continue;
    const share = machine.spec.pressure[resource]?.share ?? 'some';
    pressure[resource] = stalledUsec(files, resource, share, read) ?? 0;
  }
  return { readings: takeReadings(files, read), pressure, at: Date.now() };
}

/** The monitor makes the file and takes it away: who comes too late must not leave one. */
function openTold(machine: MachineHandle): number | undefined {
  try {
    return openSync(`${machine.runDirectory}/told`, 'r+');
  } catch {
    return undefined;
  }
}

function readTold(machine: MachineHandle, run: number): Told {
  try {
    const told = JSON.parse(readFileSync(`${machine.runDirectory}/told`, 'utf8')) as Told;
    return told.run === run ? told : nothingTold(run);
  } catch {
    return nothingTold(run);
  }
}
