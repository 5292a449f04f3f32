/** Names of snapshots, and of what lies in one: NAME@SNAPSHOT. */
import { MachineError } from '../errors.ts';
import { checkMachineName } from './machine-names.ts';
import { nearest } from './nearest.ts';

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** True for what may be a snapshot's folder. */
export function isSnapshotName(name: string): boolean {
  return pattern.test(name);
}

/** Throws MachineError `usage` that names the rule. Everything that makes a path of a name goes through here first. */
export function checkSnapshotName(name: string): void {
  if (!isSnapshotName(name)) {
    throw new MachineError('usage', `${JSON.stringify(name)} is not a name for a snapshot`, {
      subject: name,
      hint: '1 to 63 letters, digits, hyphens, dots and underscores, the first a letter or digit',
    });
  }
}

/** A machine, or one of its snapshots. */
export interface Source {
  readonly machine: string;
  readonly snapshot: string | undefined;
}

/** Of `NAME` or `NAME@SNAPSHOT`, checked. Throws `usage`. */
export function parseSource(source: string): Source {
  const at = source.indexOf('@');
  const machine = at === -1 ? source : source.slice(0, at);
  const snapshot = at === -1 ? undefined : source.slice(at + 1);
  checkMachineName(machine);
  if (snapshot !== undefined) checkSnapshotName(snapshot);
  return { machine, snapshot };
}

/**
 * The wanted one, or else the next free one.
 * @throws MachineError `usage`, `exists`
 */
export function freeSnapshotName(
  machine: string,
  wanted: string | undefined,
  taken: readonly string[],
): string {
  if (wanted === undefined) return nextSnapshotName(taken);
  checkSnapshotName(wanted);
  if (!taken.includes(wanted)) return wanted;
  throw new MachineError('exists', `${machine} has a snapshot "${wanted}" already`, {
    subject: `${machine}@${wanted}`,
    hint: 'choose another name, or remove that one with `tsmachine snapshot-remove`',
  });
}

/** With the nearest name of those that there are. */
export function noSuchSnapshot(machine: string, snapshot: string, names: readonly string[]): MachineError {
  const meant = nearest(snapshot, names);
  return new MachineError('no-such-machine', `${machine} has no snapshot "${snapshot}"`, {
    subject: `${machine}@${snapshot}`,
    hint:
      meant === undefined
        ? `see \`tsmachine snapshots ${machine}\``
        : `did you mean "${meant}"? See \`tsmachine snapshots ${machine}\``,
  });
}

/** snap1, snap2 ...: one more than the highest that is taken. */
export function nextSnapshotName(taken: readonly string[]): string {
  return numbered('snap', taken);
}

/** before-restore-1, before-restore-2 ... */
export function nextAutomaticName(taken: readonly string[]): string {
  return numbered('before-restore-', taken);
}

function numbered(stem: string, taken: readonly string[]): string {
  const numbers = taken
    .filter((name) => name.startsWith(stem) && /^[1-9]\d{0,8}$/.test(name.slice(stem.length)))
    .map((name) => Number(name.slice(stem.length)));
  return `${stem}${Math.max(0, ...numbers) + 1}`;
}
