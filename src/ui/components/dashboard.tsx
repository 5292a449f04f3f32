/** The whole screen: list, details, the lines above and below, and the dialog over them. */
import { type ReactElement, useContext, useMemo, useSyncExternalStore } from 'react';
import { consoleAreas } from '../consoles/console-areas.ts';
import { dialogRows } from '../dialogs/dialog-rows.ts';
import { type Area, inner, layoutOf, smallest } from '../layout.ts';
import { bottomRow, titleRow } from '../panes/bars.ts';
import { boxed } from '../panes/boxed.ts';
import { consoleBox } from '../panes/console-box.ts';
import { detailRows } from '../panes/detail.ts';
import { listRows } from '../panes/machine-list.ts';
import { fitLeft, inAscii } from '../row-text.ts';
import type { ConsoleId } from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { filterFault } from '../state/filter.ts';
import { isGrid, seenConsoles } from '../state/show-consoles.ts';
import type { Store } from '../store/store.ts';
import { createTheme, type Role, type Theme } from '../theme.ts';
import { type Canvas, CanvasContext } from './canvas.ts';
import { Rows } from './rows.tsx';

interface PaneProps {
  readonly state: DashboardState;
  readonly theme: Theme;
  readonly area: Area;
}

export function Dashboard({
  store,
  theme: given,
}: {
  readonly store: Store;
  readonly theme: Theme;
}): ReactElement {
  const state = useSyncExternalStore(store.subscribe, store.state);
  const { theme: name = given.name, glyphs } = state;
  const unicode = glyphs === undefined ? given.unicode : glyphs === 'unicode';
  const theme = useMemo(() => createTheme(name, { unicode }), [name, unicode]);
  const canvas = useContext(CanvasContext);
  const shown = useMemo(() => (unicode ? canvas : asciiCanvas(canvas)), [canvas, unicode]);
  return (
    <CanvasContext value={shown}>
      <Whole state={state} theme={theme} />
    </CanvasContext>
  );
}

/** Names and comments may hold what glyphs of ours do not. */
function asciiCanvas(canvas: Canvas): Canvas {
  return {
    ...canvas,
    put: (id, layer, region) => canvas.put(id, layer, { ...region, lines: region.lines.map(inAscii) }),
  };
}

function Whole({ state, theme }: Pick<PaneProps, 'state' | 'theme'>): ReactElement {
  const { columns, rows } = state.size;
  if (columns < smallest.columns || rows < smallest.rows) return <TooSmall state={state} theme={theme} />;
  const { list, detail } = layoutOf(state);
  const dialog = dialogRows(state, theme);
  return (
    <>
      <Rows id="title" column={0} row={0} width={columns} height={1} rows={[titleRow(state, theme)]} />
      {list && <MachineList state={state} theme={theme} area={list} />}
      {detail &&
        (isGrid(state) ? (
          <Grid state={state} theme={theme} />
        ) : (
          <Detail state={state} theme={theme} area={detail} />
        ))}
      <Rows id="bottom" column={0} row={rows - 1} width={columns} height={1} rows={[lastRow(state, theme)]} />
      {dialog && <Rows id="dialog" layer="dialogs" {...dialog} />}
    </>
  );
}

function MachineList({ state, theme, area }: PaneProps): ReactElement {
  const focused = state.focus === 'list' && state.dialogs.length === 0;
  const title = theme.paint('title', 'Machines');
  const rows = boxed(listRows(state, theme, inner(area)), { ...area, title, focused }, theme);
  return <Rows id="list" {...area} rows={rows} />;
}

function Detail({ state, theme, area }: PaneProps): ReactElement {
  const focused = state.focus !== 'list' && state.dialogs.length === 0;
  const { title, rows, foot } = detailRows(state, theme, inner(area), Date.now());
  const [id] = seenConsoles(state);
  const box = { ...area, title, focused, foot, ...(id === undefined ? {} : consoleBorder(state, theme, id)) };
  return <Rows id="detail" {...area} rows={boxed(rows, box, theme)} />;
}

/** Of a console that lies in a tab: the title is that of the tabs. */
function consoleBorder(
  state: DashboardState,
  theme: Theme,
  id: ConsoleId,
): { readonly foot: string; readonly role?: Role } {
  const { foot, role } = consoleBox(state, theme, id);
  return role === undefined ? { foot } : { foot, role };
}

/** Borders alone: what is in them lies over them (consoles/). */
function Grid({ state, theme }: Pick<PaneProps, 'state' | 'theme'>): ReactElement {
  const boxes = consoleAreas(state).map(({ id, outer }) => ({
    id,
    outer,
    rows: boxed([], { ...outer, ...consoleBox(state, theme, id) }, theme),
  }));
  return (
    <>
      {boxes.map(({ id, outer, rows }) => (
        <Rows key={id} id={`border ${id}`} {...outer} rows={rows} />
      ))}
    </>
  );
}

function lastRow(state: DashboardState, theme: Theme): string {
  if (state.dialogs.at(-1)?.kind !== 'filter') return bottomRow(state, theme);
  const fault = filterFault(state.filter);
  const help =
    fault === undefined
      ? theme.paint('dim', 'Enter keeps  Esc takes back  such as web state:running mem>100M')
      : theme.paint('warning', `${fault} is not understood, and holds nothing back`);
  return fitLeft(` /${state.filter}_  ${help}`, state.size.columns, theme.glyphs.cut);
}

function TooSmall({ state: { size }, theme }: Pick<PaneProps, 'state' | 'theme'>): ReactElement {
  const text = fitLeft('too small', size.columns, theme.glyphs.cut);
  return <Rows id="title" column={0} row={0} width={size.columns} height={1} rows={[text]} />;
}
