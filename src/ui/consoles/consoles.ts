/** Consoles on the screen: which rows they paint, where the cursor is, and what becomes of keys and the mouse. */
import type { ExitRecord } from '../../backends/backend.ts';
import { exitWords } from '../../presentation/lines/exit-words.ts';
import { type ConsoleId, isShell, machineOf, mostInGrid } from '../state/console-view.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { about, enter, enterGrid, leave, seenConsoles, typedAt } from '../state/show-consoles.ts';
import type { Store } from '../store/store.ts';
import type { MouseReport } from '../terminal/input.ts';
import type { CursorPlace, Region } from '../terminal/screen.ts';
import { createConsoleKeys, type LeaderDeeds } from './console-keys.ts';
import { consoleCursor, consoleRegions, consoleSize } from './console-regions.ts';
import type { EmulatorSize } from './emulator.ts';
import { type Connected, createSessions, type Sessions } from './sessions.ts';
import { createTypedReader } from './typed.ts';

export interface Consoles {
  /** Connects, if it is not, and gives it the keys. */
  readonly open: (id: ConsoleId) => void;
  /** Side by side, the first with the keys. */
  readonly openGrid: (ids: readonly ConsoleId[]) => void;
  /** What is typed. Returns what is not for a console. */
  readonly type: (bytes: Buffer) => Buffer;
  /** Whether it keeps the beginning of a sequence. */
  readonly pending: () => boolean;
  /** Nothing follows: what is kept is taken as it is. Returns what is not for a console. */
  readonly flush: () => Buffer;
  /** The mouse while keys are the dashboard's. True: it was over a console. */
  readonly mouse: (report: MouseReport) => boolean;
  /** Whether the program that gets what is typed asked for each move of the mouse. */
  readonly wantsMoves: () => boolean;
  readonly regions: () => ReadonlyMap<string, Region>;
  readonly cursor: () => CursorPlace | undefined;
  /** After each change of the state: sizes follow their panes. */
  readonly fit: () => void;
  readonly close: () => void;
}

export interface ConsolesOptions {
  readonly store: Store;
  readonly connect: (id: ConsoleId, size: EmulatorSize) => Promise<Connected>;
  /** A console that is seen has changed. */
  readonly onChange: () => void;
  /** The window of the outer terminal got, or lost, the focus. */
  readonly onFocus: (focused: boolean) => void;
  readonly deeds: LeaderDeeds;
}

const nothing = Buffer.alloc(0);

export function createConsoles(options: ConsolesOptions): Consoles {
  const { store, connect, onChange } = options;
  const reader = createTypedReader(store.state().leader);
  const sizeOf = (id: ConsoleId): EmulatorSize => consoleSize(store.state(), id);
  const sessions = createSessions(store, {
    connect,
    endWords,
    sizeOf,
    onOutput: (id) => {
      followScroll(sessions, store, id);
      // One that nobody sees becomes cells, and is never painted.
      if (seenConsoles(store.state()).includes(id)) onChange();
    },
  });
  const keys = createConsoleKeys({ ...options, sessions });
  const focus = createFocusReports(sessions);

  const drain = (final: boolean): Buffer => {
    for (;;) {
      const id = typedAt(store.state());
      if (id === undefined) return reader.rest();
      const typed = reader.next(final);
      if (typed === undefined) return nothing;
      keys.take(id, typed);
    }
  };

  return {
    open: (id) => {
      store.update((state) => enter(about(state, id, {}), id));
      sessions.open(id);
    },
    openGrid: (ids) => {
      const few = ids.slice(0, mostInGrid);
      store.update((state) => enterGrid(state, few));
      for (const id of few) sessions.open(id);
    },
    type: (bytes) => {
      if (typedAt(store.state()) === undefined) return bytes;
      reader.push(bytes);
      return drain(false);
    },
    pending: reader.pending,
    flush: () => drain(true),
    mouse: keys.mouse,
    wantsMoves: () => {
      const id = typedAt(store.state());
      return id !== undefined && sessions.get(id)?.emulator.wishes().mouse.tracking === 'any';
    },
    regions: () => consoleRegions(store.state(), sessions),
    cursor: () => consoleCursor(store.state(), sessions),
    fit: () => {
      fitSessions(store.state(), sessions);
      focus.follow(typedAt(store.state()));
      store.update(leaveUnseen);
    },
    close: sessions.close,
  };
}

function endWords(id: ConsoleId, exit: ExitRecord | undefined): string {
  return isShell(id) ? 'the shell has ended' : exitWords(exit);
}

/** Those of machines that are gone go too. */
function fitSessions(state: DashboardState, sessions: Sessions): void {
  for (const id of sessions.all().keys()) {
    const isGone = state.known && !state.machines.some(({ name }) => name === machineOf(id));
    if (isGone) sessions.forget(id);
  }
  for (const id of seenConsoles(state)) sessions.get(id)?.resize(consoleSize(state, id));
}

/** Keys must never go where nobody looks. */
function leaveUnseen(state: DashboardState): DashboardState {
  const isUnseen = state.focus === 'console' && state.dialogs.length === 0 && typedAt(state) === undefined;
  return isUnseen ? leave(state) : state;
}

/** What comes moves the position that is told. */
function followScroll(sessions: Sessions, store: Store, id: ConsoleId): void {
  const place = sessions.get(id)?.scrollback()?.place();
  const before = store.state().view.about.get(id)?.scroll;
  if (place === undefined || (before?.count === place.count && before.first === place.first)) return;
  store.update((state) => about(state, id, { scroll: place }));
}

/** Programs that asked are told when keys come to them, and when they go. */
function createFocusReports(sessions: Sessions): { readonly follow: (id: ConsoleId | undefined) => void } {
  let focused: ConsoleId | undefined;
  const report = (id: ConsoleId | undefined, final: 'I' | 'O'): void => {
    const session = id === undefined ? undefined : sessions.get(id);
    if (session?.emulator.wishes().focusReports === true) session.type(Buffer.from(`\x1b[${final}`));
  };
  return {
    follow: (id) => {
      if (id === focused) return;
      report(focused, 'O');
      focused = id;
      report(focused, 'I');
    },
  };
}
