/** What systemd-nspawn did to the owners of an image on disk. */
import type { IdRange } from '../../backend.ts';

const RANGE = 65_536;

/**
 * With users of its own systemd-nspawn may have shifted all owners of the tree on disk (PrivateUsersOwnership=chown, systemd.nspawn(5)),
 * always by whole ranges: the owner of the top directory tells.
 */
export function shiftOf(uid: number, gid: number): IdRange | undefined {
  return uid > 0 && uid === gid && uid % RANGE === 0 ? { base: uid, count: RANGE } : undefined;
}
