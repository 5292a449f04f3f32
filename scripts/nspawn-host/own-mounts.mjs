/** A mount namespace of a run's own: what it mounts goes with its last process, however that ends, and nobody else sees it. */
import { readlinkSync } from 'node:fs';

const VARIABLE = 'TSMACHINE_NSPAWN_HOST_MOUNTS';

/** Whether this process was started by `ownMounts`. */
export function isInOwnMounts() {
  const outside = process.env[VARIABLE];
  return outside !== undefined && outside !== namespace();
}

/** @returns the arguments of spawn() for `command` in such a namespace */
export function ownMounts(command) {
  process.env[VARIABLE] = namespace();
  return ['unshare', ['--mount', '--propagation', 'private', '--', ...command]];
}

function namespace() {
  return readlinkSync('/proc/self/ns/mnt');
}
