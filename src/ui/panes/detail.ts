/** The detail side: its tabs, and the lines of the chosen one that there is room for. Pure. */
import { failureLines } from '../../presentation/output/failure.ts';
import { inner, layoutOf } from '../layout.ts';
import { fitLeft, widthOf, wrapWords } from '../row-text.ts';
import { type DashboardState, detailKey, selectedMachine, type Tab, tabs } from '../state/dashboard-state.ts';
import type { Theme } from '../theme.ts';
import type { PaneLine } from './pane.ts';
import { panes } from './panes.ts';

export interface DetailRows {
  readonly title: string;
  readonly rows: readonly string[];
  readonly foot: string;
}

export function detailRows(
  state: DashboardState,
  theme: Theme,
  size: { readonly width: number; readonly height: number },
  now: number,
): DetailRows {
  const lines = detailLines(state, theme, size, now);
  const { top, line } = settled(state, lines.length, size.height);
  const { choosable } = panes[state.tab];
  const shown = lines.slice(top, top + size.height).map(({ text, head }, index) => {
    if (!choosable) return text;
    const chosen = head !== true && state.focus === 'detail' && top + index === line;
    // Also where nothing can be reversed it is seen what keys act on.
    return chosen
      ? theme.chosen(fitLeft(`${theme.glyphs.pointer} ${text}`, size.width, theme.glyphs.cut))
      : `  ${text}`;
  });
  const more =
    lines.length > size.height
      ? `${top + 1}-${Math.min(lines.length, top + size.height)} of ${lines.length}`
      : '';
  const foot = [aboutOf(state), more].filter(Boolean).join('  ');
  return { title: tabTitle(state, theme, size.width), rows: shown, foot };
}

function aboutOf(state: DashboardState): string | undefined {
  const machine = selectedMachine(state);
  if (machine === undefined) return undefined;
  const loaded = state.details.get(detailKey(state.tab, machine.name));
  return loaded?.state === 'ready' ? panes[state.tab].about?.(loaded.value, machine) : undefined;
}

/** All lines of the chosen tab. */
export function detailLines(
  state: DashboardState,
  theme: Theme,
  size: { readonly width: number; readonly height: number },
  now: number,
): readonly PaneLine[] {
  const machine = selectedMachine(state);
  if (machine === undefined) return [];
  const pane = panes[state.tab];
  const loaded = state.details.get(detailKey(state.tab, machine.name));
  if (loaded?.state === 'failed') {
    return failureLines(loaded.error, `show ${machine.name}`)
      .flatMap((line) => wrapWords(line, size.width, '  '))
      .map((text) => ({ text: theme.paint('danger', text) }));
  }
  const isReady = pane.load === undefined || loaded?.state === 'ready';
  if (!isReady) return [{ text: theme.paint('dim', 'looking ...') }];
  return pane.lines({
    ...size,
    value: loaded?.state === 'ready' ? loaded.value : undefined,
    machine,
    state,
    theme,
    now,
  });
}

/** The chosen line and the first shown one, within what there is. */
export function settled(
  { cursors, tab }: Pick<DashboardState, 'cursors' | 'tab'>,
  count: number,
  height: number,
): { readonly line: number; readonly top: number } {
  const { line = 0, top = 0 } = cursors[tab] ?? {};
  const chosen = Math.max(0, Math.min(count - 1, line));
  const highest = Math.max(0, count - height);
  const first = panes[tab].choosable ? Math.min(Math.max(top, chosen - height + 1), chosen) : top;
  return { line: chosen, top: Math.max(0, Math.min(highest, first)) };
}

/** As long as there is room: names with numbers, else their beginnings, else the numbers; the chosen one is always whole. */
function tabTitle({ tab }: DashboardState, theme: Theme, width: number): string {
  const label = (name: Tab, index: number, letters: number): string => {
    const { title } = panes[name];
    const text = [index + 1, name === tab ? title : title.slice(0, letters)]
      .filter((part) => part !== '')
      .join(' ');
    return name === tab ? theme.paint('focus', `[${text}]`) : theme.paint('dim', text);
  };
  const titles = [WHOLE, BEGINNING, 0].map((letters) =>
    tabs.map((name, index) => label(name, index, letters)).join(' '),
  );
  return titles.find((title) => widthOf(title) <= width - 2) ?? titles.at(-1) ?? '';
}

/** Letters of a tab's name. */
const WHOLE = 20;
const BEGINNING = 4;

export function detailSize(state: DashboardState): { readonly width: number; readonly height: number } {
  const { detail } = layoutOf(state);
  return detail === undefined ? { width: 80, height: 20 } : inner(detail);
}
