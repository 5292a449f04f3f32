/** What the bounds of the trash pushed out, in words. */
import type { PurgedEntry } from '../../machines/machines.ts';
import { formatBytes } from '../units.ts';

/** `interrupted`: perhaps while they went. */
export function purgedLines(purged: readonly PurgedEntry[], interrupted: boolean): readonly string[] {
  const lines = purged.map(({ entry, bytes }) => {
    const size = bytes === null ? '' : ` (${formatBytes(bytes)})`;
    return `trash: ${entry}${size} went for good: too old, too many or too large`;
  });
  if (!interrupted || purged.length === 0) return lines;
  return [...lines, 'trash: what may be left of that is deleted by the next command that changes a machine'];
}
