/** Where the consoles that are seen are painted, and the cursor of the one that is typed at. */
import type { ConsoleId } from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { typedAt } from '../state/show-consoles.ts';
import type { CursorPlace, Region } from '../terminal/screen.ts';
import { areCovered, consoleAreas } from './console-areas.ts';
import type { EmulatorSize } from './emulator.ts';
import type { Sessions } from './sessions.ts';

const whileConnecting: EmulatorSize = { columns: 80, rows: 24 };

export function consoleSize(state: DashboardState, id: ConsoleId): EmulatorSize {
  const area = consoleAreas(state).find((candidate) => candidate.id === id)?.inside;
  if (area === undefined) return whileConnecting;
  return { columns: Math.max(2, area.width), rows: Math.max(1, area.height) };
}

export function consoleRegions(
  state: DashboardState,
  sessions: Pick<Sessions, 'get'>,
): ReadonlyMap<string, Region> {
  const regions = new Map<string, Region>();
  if (areCovered(state)) return regions;
  for (const { id, inside } of consoleAreas(state)) {
    const session = sessions.get(id);
    const { column, row, width, height } = inside;
    if (session === undefined || width < 2 || height < 1) continue;
    regions.set(`console ${id}`, { column, row, width, lines: session.lines(column) });
  }
  return regions;
}

export function consoleCursor(
  state: DashboardState,
  sessions: Pick<Sessions, 'get'>,
): CursorPlace | undefined {
  const id = typedAt(state);
  const place = consoleAreas(state).find((area) => area.id === id)?.inside;
  const at = id === undefined ? undefined : sessions.get(id)?.emulator.cursor();
  if (at === undefined || place === undefined || areCovered(state)) return undefined;
  return { column: place.column + at.column, row: place.row + at.row };
}
