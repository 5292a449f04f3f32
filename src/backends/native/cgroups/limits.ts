/** Limits in v2's names become writes of the files that this host has. */
import { BackendError } from '../../backend.ts';
import type { CgroupLimits, FileLimitName } from '../../limits.ts';
import { controllerOf, type LimitValue, limitNames, limitOf } from './controllers/controllers.ts';
import { type HostFiles, type LimitFiles, type LimitWrite, PROGRAM } from './controllers/limit.ts';
import { isUnderSlice, legacyGroup, unifiedGroup } from './groups.ts';
import { readHostFiles } from './host-files.ts';
import { type CgroupLayout, controllerVersion } from './layout.ts';

/** Where a limit's files lie, and how they are written. */
export interface PlacedLimit {
  readonly group: string;
  readonly files: LimitFiles<LimitValue>;
  readonly host: HostFiles;
}

export interface PathWrite extends LimitWrite {
  readonly path: string;
}

/** Whether a program does it here, and no file. */
export function isByProgram(layout: CgroupLayout, limit: FileLimitName): boolean {
  return limitOf(limit).unified === PROGRAM && layout.legacy[controllerOf(limit).legacy] === undefined;
}

/** Those that are text of files on this host, in the order of writing. */
export function limitsInFiles(layout: CgroupLayout): readonly FileLimitName[] {
  return limitNames.filter((limit) => !isByProgram(layout, limit));
}

/**
 * What a start writes, in that order.
 * @throws BackendError 'unsupported' for a limit that this host cannot hold to: never silently without it
 */
export function limitWrites(
  layout: CgroupLayout,
  parent: string,
  name: string,
  limits: CgroupLimits,
): readonly PathWrite[] {
  return limitsInFiles(layout).flatMap((limit) =>
    limits[limit] === undefined ? [] : changeWrites(layout, parent, name, limit, {}, limits),
  );
}

/**
 * What changes one limit of a group from what `before` says to what `after` says.
 * @throws BackendError 'unsupported'
 */
export function changeWrites(
  layout: CgroupLayout,
  parent: string,
  name: string,
  limit: FileLimitName,
  before: CgroupLimits,
  after: CgroupLimits,
): readonly PathWrite[] {
  const { group, files, host } = placeLimit(layout, parent, name, limit);
  const { standard } = limitOf(limit);
  const change = { before: before[limit] ?? standard, after: after[limit] ?? standard, all: after };
  return files.writes(change, host).map((write) => ({ ...write, path: `${group}/${write.file}` }));
}

/** @throws BackendError 'unsupported' if this host has no such limit */
export function placeLimit(
  layout: CgroupLayout,
  parent: string,
  name: string,
  limit: FileLimitName,
): PlacedLimit {
  const { unified, legacy } = controllerOf(limit);
  const row = limitOf(limit);
  const legacyPath = legacyGroup(layout, legacy, parent, name);
  if (legacyPath !== undefined) {
    if (typeof row.legacy === 'string') throw unsupported(limit, row.legacy);
    return { group: legacyPath, files: row.legacy, host: readHostFiles(layout, layout.legacy[legacy]) };
  }
  if (row.unified === PROGRAM) throw unsupported(limit, 'v2 has no file of the kind');
  if (typeof row.unified === 'string') throw unsupported(limit, row.unified);
  const unifiedPath = unifiedGroup(layout, parent, name);
  if (unifiedPath === undefined || controllerVersion(layout, unified) === undefined) {
    throw unsupported(
      limit,
      `this host has no ${unified} cgroup controller`,
      `Boot with the ${unified} controller enabled (see 'tsmachine doctor'), or remove the limit.`,
    );
  }
  if (unified === 'hugetlb' && isUnderSlice(parent)) {
    throw unsupported(limit, 'systemd runs this host, and delegates no huge pages');
  }
  return { group: unifiedPath, files: row.unified, host: readHostFiles(layout, layout.unified) };
}

export function unsupported(
  limit: string,
  why: string,
  hint = 'Leave it out; one that is stored goes with an empty value.',
): BackendError {
  return new BackendError('unsupported', `${limit}: ${why}`, { hint });
}
