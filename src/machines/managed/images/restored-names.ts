/**
 * Names of images that a restore has made ready to come in a machine's stead:
 *
 *     .tsmachine-restored.BEFORE.NAME    what NAME will be; what it was until then becomes NAME@BEFORE
 *
 * The name tells all that is needed to go on with it when its command died.
 */
import { isSnapshotName } from '../../names/snapshot-names.ts';
import { isManagedName } from './image-names.ts';

const PREFIX = '.tsmachine-restored.';

export interface Restoring {
  readonly machine: string;
  /** The snapshot's name. */
  readonly before: string;
  /** The image's name. */
  readonly staged: string;
}

/** `before` has no dot in it. */
export function restoredName(machine: string, before: string): string {
  return `${PREFIX}${before}.${machine}`;
}

/** Undefined for what is nothing of the kind. */
export function parseRestored(staged: string): Restoring | undefined {
  if (!staged.startsWith(PREFIX)) return undefined;
  const rest = staged.slice(PREFIX.length);
  const dot = rest.indexOf('.');
  const [before, machine] = [rest.slice(0, dot), rest.slice(dot + 1)];
  return dot > 0 && isSnapshotName(before) && isManagedName(machine)
    ? { machine, before, staged }
    : undefined;
}

/** Those of some machines. */
export function restoringsAmong(
  hidden: readonly string[],
  machines: readonly string[],
): readonly Restoring[] {
  return hidden
    .map(parseRestored)
    .filter((restoring) => restoring !== undefined)
    .filter(({ machine }) => machines.includes(machine));
}
