/** snapshots: read only, without a lock; one that cannot be read is shown with the reason. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import type { SnapshotSummary } from '../machines.ts';
import { readIntent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';
import {
  missingFiles,
  readSnapshotIn,
  readSnapshotNames,
  SNAPSHOT_FILE,
  stateOfSnapshot,
} from './snapshot-file.ts';

export function snapshots(domain: Domain, machine: string): readonly SnapshotSummary[] {
  const { paths } = domain;
  const { config } = loadMachine(paths, machine);
  const names = readSnapshotNames(paths, machine);
  const exists = remembering(existsSync);
  return names
    .filter((name) => !isBeingMade(domain, machine, name))
    .map((name) => summarize(domain, machine, name, exists))
    .map((summary) => ({
      ...summary,
      parent: summary.parent !== null && names.includes(summary.parent) ? summary.parent : null,
      current: config.storage.snapshot === summary.name,
    }))
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || (a.name < b.name ? -1 : 1));
}

/** Its folder comes first, and its file when it is whole. */
function isBeingMade({ paths }: Domain, machine: string, snapshot: string): boolean {
  if (existsSync(join(paths.snapshot(machine, snapshot), SNAPSHOT_FILE))) {
    return false;
  }
  const intent = readIntent(paths, machine);
  const makes = intent?.operation === 'snapshot' || intent?.operation === 'restore';
  return makes && intent.record.name === snapshot;
}

function summarize(
  { paths }: Domain,
  machine: string,
  name: string,
  exists: (path: string) => boolean,
): SnapshotSummary {
  const directory = paths.snapshot(machine, name);
  try {
    const record = readSnapshotIn(directory, name);
    return {
      name,
      parent: record.parent,
      current: false,
      createdAt: record.createdAt,
      comment: record.comment ?? null,
      automatic: record.automatic,
      expiresAt: record.expiresAt ?? null,
      problem: missingFiles(stateOfSnapshot(paths, machine, name, record), exists) ?? null,
    };
  } catch (error) {
    const made = statSync(directory, { throwIfNoEntry: false })?.birthtime ?? new Date(0);
    return {
      name,
      parent: null,
      current: false,
      createdAt: made.toISOString(),
      comment: null,
      automatic: false,
      expiresAt: null,
      problem: toMachineError(error, name).message,
    };
  }
}

/** Hundreds of snapshots name the same layers. */
function remembering(ask: (path: string) => boolean): (path: string) => boolean {
  const known = new Map<string, boolean>();
  return (path) => {
    const answer = known.get(path) ?? ask(path);
    known.set(path, answer);
    return answer;
  };
}
