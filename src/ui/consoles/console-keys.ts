/** What becomes of what is typed at a console: bytes for the machine, the leader's keys, scrolling, the mouse. */
import { leaderKeys } from '../keys.ts';
import { inner, isInside, layoutOf } from '../layout.ts';
import type { ConsoleId } from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { about, enter, enterNext, leave, typedAt, withView, zoomConsole } from '../state/show-consoles.ts';
import type { Store } from '../store/store.ts';
import { createInputParser, type Key, type MouseReport } from '../terminal/input.ts';
import { consoleAreas } from './console-areas.ts';
import { encodeMouse, WHEEL } from './mouse-report.ts';
import type { OpenConsole } from './open-console.ts';
import type { Sessions } from './sessions.ts';
import type { Typed } from './typed.ts';

/** What the leader's keys do that the state alone cannot. */
export interface LeaderDeeds {
  readonly record: (id: ConsoleId, session: OpenConsole) => void;
  /** The whole terminal becomes this console. */
  readonly handOff: (id: ConsoleId) => void;
}

export interface ConsoleKeys {
  readonly take: (id: ConsoleId, typed: Typed) => void;
  readonly mouse: (report: MouseReport) => boolean;
}

export interface ConsoleKeysOptions {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly onChange: () => void;
  readonly onFocus: (focused: boolean) => void;
  readonly deeds: LeaderDeeds;
}

const cursorKeyNames: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
};

const WHEEL_LINES = 3;

export function createConsoleKeys(options: ConsoleKeysOptions): ConsoleKeys {
  const { store, sessions, onFocus } = options;
  const takeLeaderKey = createLeaderKeys(options);
  const mouse = createMouse(options);

  /** What each of them gets may differ by what its program asked for. */
  const send = (id: ConsoleId, bytesFor: (session: OpenConsole | undefined) => string): void => {
    for (const target of targetsOf(store.state(), id)) {
      const session = sessions.get(target);
      const bytes = bytesFor(session);
      if (bytes === '') continue;
      if (session?.scrollback() !== undefined) stopScrolling(options, target);
      sessions.send(target, Buffer.from(bytes, 'latin1'));
    }
  };
  const scrolled = (id: ConsoleId): OpenConsole | undefined => {
    const session = sessions.get(id);
    return session?.scrollback()?.hasKeys() === true ? session : undefined;
  };
  const takeBytes = (id: ConsoleId, bytes: string): void => {
    if (scrolled(id) === undefined) send(id, () => bytes);
    else for (const key of keysIn(bytes)) pressScroll(options, id, key);
  };
  const takeCursorKey = (id: ConsoleId, final: string): void => {
    if (scrolled(id) === undefined) send(id, (session) => cursorKey(session, final));
    else pressScroll(options, id, { name: cursorKeyNames[final] ?? '', text: '' });
  };
  const takeFocus = (id: ConsoleId, focused: boolean): void => {
    onFocus(focused);
    if (sessions.get(id)?.emulator.wishes().focusReports !== true) return;
    sessions.send(id, Buffer.from(`\x1b[${focused ? 'I' : 'O'}`));
  };

  return {
    mouse,
    take: (id, typed) => {
      switch (typed.type) {
        case 'bytes':
          return takeBytes(id, typed.bytes);
        case 'cursor-key':
          return takeCursorKey(id, typed.final);
        case 'paste':
          return send(id, (session) => pasteEdge(session, typed.edge));
        case 'focus':
          return takeFocus(id, typed.focused);
        case 'mouse':
          if (!mouse(typed.report)) mouseElsewhere(store, typed.report);
          return;
        case 'leader':
          return store.update((state) => withView(state, { leader: true }));
        case 'leader-key':
          store.update((state) => withView(state, { leader: false }));
          takeLeaderKey(id, typed.key, (bytes) => send(id, () => bytes));
      }
    },
  };
}

/** As keys of ours, not of the machine. */
function keysIn(bytes: string): readonly Key[] {
  const parser = createInputParser();
  const inputs = [...parser.feed(Buffer.from(bytes, 'latin1')), ...parser.flush()];
  return inputs.flatMap((input) => (input.type === 'key' ? [input.key] : []));
}

function cursorKey(session: OpenConsole | undefined, final: string): string {
  return `\x1b${session?.emulator.wishes().applicationCursorKeys ? 'O' : '['}${final}`;
}

function pasteEdge(session: OpenConsole | undefined, edge: 'begin' | 'end'): string {
  return session?.emulator.wishes().bracketedPaste ? `\x1b[20${edge === 'begin' ? 0 : 1}~` : '';
}

function targetsOf({ view }: DashboardState, id: ConsoleId): readonly ConsoleId[] {
  return view.broadcast && view.grid.includes(id) ? view.grid : [id];
}

function createLeaderKeys({
  store,
  sessions,
  deeds,
  onChange,
}: ConsoleKeysOptions): (id: ConsoleId, key: string, send: (bytes: string) => void) => void {
  const { byte, literal, twiceLeaves } = store.state().leader;
  const leader = String.fromCharCode(byte);
  return (id, key, send) => {
    const session = sessions.get(id);
    const meanings: Readonly<Record<(typeof leaderKeys)[keyof typeof leaderKeys], () => void>> = {
      leave: () => store.update(leave),
      zoom: () => store.update(zoomConsole),
      next: () => store.update((state) => enterNext(state, 1)),
      previous: () => store.update((state) => enterNext(state, -1)),
      broadcast: () => store.update(toggleBroadcast),
      'hand-off': () => deeds.handOff(id),
      record: () => session !== undefined && deeds.record(id, session),
      scroll: () => {
        if (session === undefined) return;
        session.scroll().takeKeys();
        tellScroll(store, id, session);
        onChange();
      },
    };
    const named = key in leaderKeys ? meanings[leaderKeys[key as keyof typeof leaderKeys]] : undefined;
    const sendOne = key === String.fromCharCode(literal) ? () => send(leader) : undefined;
    const twice = twiceLeaves ? meanings.leave : () => send(leader);
    // What else the letter means goes before: twice sends one as well.
    const meaning = key === leader ? twice : (named ?? sendOne);
    if (meaning === undefined) send(leader + key);
    else meaning();
  };
}

function toggleBroadcast(state: DashboardState): DashboardState {
  if (state.view.grid.length > 1) return withView(state, { broadcast: !state.view.broadcast });
  const text = `nothing to type to but this one: mark machines and press w, then ${state.leader.label} b`;
  return { ...state, notice: { kind: 'hint', text, command: undefined } };
}

function tellScroll(store: Store, id: ConsoleId, session: OpenConsole): void {
  const scroll = session.scrollback()?.place();
  session.touch();
  store.update((state) => about(state, id, { scroll }));
}

function pressScroll(options: ConsoleKeysOptions, id: ConsoleId, key: Key): void {
  const session = options.sessions.get(id);
  if (session === undefined) return;
  if (session.scrollback()?.press(key) === false) stopScrolling(options, id);
  else tellScroll(options.store, id, session);
  options.onChange();
}

function stopScrolling({ sessions, store, onChange }: ConsoleKeysOptions, id: ConsoleId): void {
  sessions.get(id)?.stopScrolling();
  store.update((state) => about(state, id, { scroll: undefined }));
  onChange();
}

/** To the program, if it asked; else the wheel scrolls, and a click gives the keys. */
function createMouse(options: ConsoleKeysOptions): (report: MouseReport) => boolean {
  const { store, sessions, onChange } = options;
  const wheel = (id: ConsoleId, session: OpenConsole, up: boolean): void => {
    if (session.emulator.wishes().alternateScreen) {
      // As terminals do for programs without a mouse.
      const final = session.emulator.wishes().applicationCursorKeys ? 'O' : '[';
      session.type(Buffer.from(`\x1b${final}${up ? 'A' : 'B'}`.repeat(WHEEL_LINES)));
      return;
    }
    if (session.scroll().move(up ? -WHEEL_LINES : WHEEL_LINES)) tellScroll(store, id, session);
    else stopScrolling(options, id);
    onChange();
  };
  return (report) => {
    const area = consoleAreas(store.state()).find(({ outer }) => isInside(outer, report));
    const session = area === undefined ? undefined : sessions.get(area.id);
    if (area === undefined || session === undefined) return false;
    const { id, inside } = area;
    const place = { column: report.column - inside.column, row: report.row - inside.row };
    const hasKeys = typedAt(store.state()) === id;
    const encoded =
      isInside(inside, report) && session.scrollback() === undefined
        ? encodeMouse({ ...report, ...place }, session.emulator.wishes().mouse)
        : undefined;
    if (encoded !== undefined && (hasKeys || report.code & WHEEL)) {
      session.type(Buffer.from(encoded, 'latin1'));
    } else if (report.code & WHEEL) wheel(id, session, (report.code & 1) === 0);
    else if (!hasKeys && isPress(report)) store.update((state) => enter(state, id));
    return true;
  };
}

/** A click beside the console is one at the dashboard. */
function mouseElsewhere(store: Store, report: MouseReport): void {
  if (!isPress(report)) return;
  const { list } = layoutOf(store.state());
  const onList = list !== undefined && isInside(inner(list), report);
  store.update((state) => (onList ? { ...leave(state), focus: 'list' } : leave(state)));
}

function isPress({ code, released }: MouseReport): boolean {
  return !released && code < 3;
}
