/** What the bounds of the trash pushed out, in words. */
import type { PurgedEntry } from '../../machines/machines.ts';
import { formatBytes } from './units.ts';

export function purgedLines(purged: readonly PurgedEntry[]): readonly string[] {
  return purged.map(({ entry, bytes }) => {
    const size = bytes === null ? '' : ` (${formatBytes(bytes)})`;
    return `trash: ${entry}${size} went for good: too old, too many or too large`;
  });
}
