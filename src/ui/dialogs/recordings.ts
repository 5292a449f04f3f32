/** The recordings that can be played: one is chosen. Pure. */

import { visible } from '../../presentation/plain-text.ts';
import { formatBytes } from '../../presentation/units.ts';
import type { Leader } from '../../terminal/escape-keys.ts';
import { fitLeft, fitRight } from '../row-text.ts';
import type { Theme } from '../theme.ts';
import type { RecordingChooser } from './dialog.ts';

/** Of them as many as there is room for, the chosen one in sight. */
export function recordingLines(
  { files, index }: RecordingChooser,
  theme: Theme,
  leader: Leader,
  room: { readonly width: number; readonly height: number },
): readonly string[] {
  if (files.length === 0) {
    return [
      'There is none in the folder where the dashboard was started.',
      `${leader.label} r in a console makes one; :replay FILE plays one from elsewhere.`,
    ].map((line) => theme.paint('dim', line));
  }
  const top = Math.max(0, index - room.height + 1);
  return files.slice(top, top + room.height).map(({ name, bytes, changedAt }, place) => {
    const chosen = top + place === index;
    const end = `${fitRight(formatBytes(bytes), 8)}  ${new Date(changedAt).toISOString().slice(0, 16).replace('T', ' ')}`;
    const line = `${fitLeft(visible(name), Math.max(1, room.width - end.length - 3), theme.glyphs.cut)} ${end}`;
    return chosen ? theme.chosen(`${theme.glyphs.pointer} ${line}`) : `  ${line}`;
  });
}
