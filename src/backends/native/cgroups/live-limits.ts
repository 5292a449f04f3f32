/** Limits of a machine that runs: changed all or none, and read back. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { BackendError } from '../../backend.ts';
import type { CgroupLimits, FileLimitName, LimitName, LimitsInForce } from '../../limits.ts';
import { controllerOf, limitOf } from './controllers/controllers.ts';
import { unifiedGroup } from './groups.ts';
import type { CgroupLayout } from './layout.ts';
import { changeWrites, limitsInFiles, type PathWrite, placeLimit } from './limits.ts';
import { controlledGroups } from './placement.ts';
import { refusalWords } from './refusal.ts';

/**
 * Makes what `after` says of the named limits true of a group where `before` is. A write that the kernel refuses undoes those
 * before it.
 * @param last done when all else is: all of it or nothing
 * @throws BackendError 'unsupported' for what this host has no files for, 'failed' with file, errno and why; then nothing is changed
 */
export function changeLimits(
  layout: CgroupLayout,
  parent: string,
  name: string,
  before: CgroupLimits,
  after: CgroupLimits,
  names: readonly LimitName[],
  last?: () => void,
): void {
  const writes = limitsInFiles(layout)
    .filter((limit) => names.includes(limit))
    .flatMap((limit) =>
      changeWrites(layout, parent, name, limit, before, after).map((write) => ({ limit, write })),
    );
  const undo: (() => void)[] = [];
  try {
    for (const { limit, write } of writes) {
      if (!existsSync(write.path)) enableController(layout, parent, name, limit);
      if (write.optional === true && !existsSync(write.path)) continue;
      undo.push(writeLimit(write.limit ?? limit, write));
    }
    last?.();
  } catch (error) {
    for (const takeBack of undo.reverse()) takeBack();
    throw error;
  }
}

/** Returns what takes it back. */
function writeLimit(limit: FileLimitName, { path, value, restore = whole }: PathWrite): () => void {
  let before: string | undefined;
  try {
    before = restore(readFileSync(path, 'latin1'));
    writeFileSync(path, value, { flag: 'r+' });
  } catch (cause) {
    const { code = String(cause), syscall = 'write' } = cause as NodeJS.ErrnoException;
    throw new BackendError(
      'failed',
      `${limit}: ${path} does not take ${JSON.stringify(value.trim())}: ${code}`,
      {
        syscall,
        errno: code,
        path,
        hint: refusalWords(limit, code),
        cause,
      },
    );
  }
  return () => tryWrite(path, before ?? '');
}

/** An empty cpuset is written as a line of nothing. */
function whole(before: string): string {
  return before.trim() || '\n';
}

/** What was in force a moment ago; if the kernel refuses it now, the error that led here says what matters. */
function tryWrite(path: string, value: string): void {
  try {
    writeFileSync(path, value, { flag: 'r+' });
  } catch {}
}

/** A controller that no machine had a limit of may not be enabled for our groups yet. */
function enableController(layout: CgroupLayout, parent: string, name: string, limit: FileLimitName): void {
  const group = unifiedGroup(layout, parent, name);
  const { unified, legacy } = controllerOf(limit);
  if (group === undefined || layout.unified === undefined || layout.legacy[legacy] !== undefined) return;
  for (const one of controlledGroups(parent)) {
    tryWrite(`${layout.unified}/${one}${one === '' ? '' : '/'}cgroup.subtree_control`, `+${unified}`);
  }
}

/** What the kernel goes by in a group that is there; what this host has no files for is left out. */
export function readLimits(
  layout: CgroupLayout,
  parent: string,
  name: string,
  set: CgroupLimits,
): LimitsInForce {
  const inForce: Record<string, unknown> = {};
  const different: LimitName[] = [];
  for (const limit of limitsInFiles(layout)) {
    const value = readLimit(layout, parent, name, limit, set);
    if (value === undefined) continue;
    inForce[limit] = value.now;
    if (!value.same) different.push(limit);
  }
  return { limits: inForce as CgroupLimits, different };
}

function readLimit(
  layout: CgroupLayout,
  parent: string,
  name: string,
  limit: FileLimitName,
  set: CgroupLimits,
) {
  try {
    const { group, files, host } = placeLimit(layout, parent, name, limit);
    const { standard, same = isDeepStrictEqual } = limitOf(limit);
    const wanted = set[limit] ?? standard;
    const now = files.inForce((file) => readOrNothing(`${group}/${file}`), wanted);
    return now === undefined ? undefined : { now, same: same(wanted, now, host) };
  } catch (error) {
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
