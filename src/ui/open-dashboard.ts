/** The dashboard, from the first frame to the terminal given back: wires store, panes, consoles, screen and keys together. */
import type { SettingsFile } from '../files/settings-file.ts';
import type { Machines } from '../machines/machines.ts';
import { enterRawMode } from '../terminal/raw-terminal.ts';
import { mountDashboard } from './components/mount.tsx';
import { createConnect } from './consoles/connect.ts';
import { type Consoles, createConsoles } from './consoles/consoles.ts';
import type { Outside } from './consoles/outside.ts';
import { toggleRecording } from './consoles/record.ts';
import { firstTheme } from './settings/first-theme.ts';
import { applySettings, keepSettings, readSettings } from './settings/kept-settings.ts';
import { type ConsoleId, isShell, machineOf } from './state/console-view.ts';
import { initialState, type Size } from './state/dashboard-state.ts';
import { createDetails } from './store/details.ts';
import { carryOutEffect } from './store/effects.ts';
import { createJobs } from './store/jobs.ts';
import { followMachines, type LiveData } from './store/live-data.ts';
import { createStore, type Store } from './store/store.ts';
import type { Input } from './terminal/input.ts';
import { listenToKeyboard } from './terminal/keyboard.ts';
import { paced } from './terminal/paced.ts';
import { createScreen } from './terminal/screen.ts';
import { clipboard, enterScreen, leaveScreen, mouseMode } from './terminal/screen-modes.ts';

export interface DashboardRequest {
  readonly machines: Machines;
  readonly hostName: string;
  readonly readOnly: boolean;
  /** For this time alone; undefined: as it is kept. */
  readonly theme: string | undefined;
  /** False: none, whatever is kept. */
  readonly colour: boolean;
  /** Whether glyphs beyond ASCII can be shown. */
  readonly unicode: boolean;
  readonly settingsFile: SettingsFile;
  readonly outside: Outside;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** Between two frames of Ink, and between two paintings of consoles. */
const FRAME_MS = 33;
/** How long actions that are broken off may take to undo what they did. */
const UNDO_MS = 10_000;

const endingSignals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Resolves with the exit code when it was left, or nobody can see it any more. */
export async function openDashboard(request: DashboardRequest): Promise<number> {
  const { machines, hostName, readOnly, stdin, stdout, outside } = request;
  // Before the screen is touched: what is wrong with them is told as any other error.
  const settings = readSettings(request.settingsFile);
  const theme = firstTheme(request, settings);
  const end = createEnd();
  const size = (): Size => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  // Stopped: what is due at once when it goes on must not come before the terminal is ours again.
  let away = false;
  const screen = createScreen({
    rows: () => size().rows,
    write: (text) => stdout.write(text),
    isFull: () => away || stdout.writableNeedDrain,
  });
  let live: LiveData | undefined;

  const store = createStore(
    {
      ...applySettings(initialState({ hostName, readOnly, size: size() }), settings),
      templates: machines.templates().map(({ name }) => name),
    },
    (effect) => carryOutEffect(effect, parts),
  );
  const paint = paced(() => {
    screen.setRegions([...ink.regions('panes'), ...consoles.regions().values(), ...ink.regions('dialogs')]);
    screen.setCursor(consoles.cursor());
    screen.flush();
  }, FRAME_MS);
  const parts = {
    machines,
    store,
    details: createDetails(machines, store),
    jobs: createJobs(machines, store, {
      onDone: () => live?.refresh(),
      openConsole: (name) => consoles.open(name),
    }),
    consoles: createConsoles({
      store,
      connect: createConnect(machines, outside, () => !store.state().lockedReadOnly),
      onChange: paint.ask,
      onFocus: (focused) => live?.setWatched(focused),
      deeds: {
        record: (id, session) => toggleRecording(store, outside, id, session),
        handOff: (id) => void handOff(id),
      },
    }),
    quit: () => end.finish(0),
    redraw: () => redraw(),
    refresh: () => live?.refresh(),
    handOff: (id: ConsoleId) => void handOff(id),
    copy: (text: string) => stdout.write(clipboard(text)),
  };
  const { details, jobs, consoles } = parts;

  const redraw = (): void => {
    stdout.write(enterScreen);
    resize();
  };
  const resize = (): void => {
    screen.clear();
    store.tell({ type: 'resize', size: size() });
    paint.ask();
  };
  const enterTerminal = () =>
    enterRawMode(
      stdin,
      { watch: () => undefined, undo: () => leaveScreen },
      {
        beforeStop: async () => {
          away = true;
        },
        onContinue: () => {
          away = false;
          redraw();
        },
      },
    );
  const listen = () =>
    listenToKeyboard(stdin, {
      console: consoles,
      input: (input) => takeInput(input, parts, (watched) => live?.setWatched(watched)),
      gone: () => end.finish(1),
    });
  /** To a command that is a program of its own; nothing is read or written here until it has ended. */
  const handOff = async (id: ConsoleId): Promise<void> => {
    if (away) return;
    away = true;
    stopKeyboard();
    terminal.restore();
    const words = [isShell(id) ? 'shell' : 'console', machineOf(id)];
    let failure: unknown;
    await outside.runHere(words).catch((error: unknown) => {
      failure = error;
    });
    if (isOver) return;
    terminal = enterTerminal();
    stopKeyboard = listen();
    away = false;
    if (failure !== undefined) {
      const notice = { kind: 'failed', text: `it did not run: ${String(failure)}`, words } as const;
      store.tell({ type: 'notice', notice });
    }
    redraw();
  };
  let isOver = false;
  let terminal = enterTerminal();
  stdout.write(enterScreen);
  const ink = mountDashboard({ store, theme, size }, paint.ask, FRAME_MS);
  const stopKeeping = keepSettings(store, settings, request.settingsFile);
  const stopMouse = followMouse(store, (on) => stdout.write(mouseMode(on)));
  store.subscribe(() => {
    details.look();
    consoles.fit();
    ink.draw();
    paint.ask();
  });
  let stopKeyboard = listen();
  const onGone = (): void => end.finish(1);
  // Not the stream's `resize`: a window that shrank and grew again at once has torn rows and the size that it had.
  process.on('SIGWINCH', resize);
  stdout.on('drain', paint.ask).on('error', onGone);
  try {
    live = await followMachines(
      machines,
      store,
      (name) => {
        details.forget(name);
        details.look();
      },
      settings.interval,
    );
    return await end.promise;
  } finally {
    isOver = true;
    stopKeyboard();
    stopMouse();
    stopKeeping();
    live?.close();
    details.close();
    if (jobs.breakOff()) await Promise.race([jobs.settled(), rest(UNDO_MS)]);
    consoles.close();
    paint.close();
    ink.unmount();
    process.off('SIGWINCH', resize);
    stdout.off('drain', paint.ask);
    end.close();
    terminal.restore();
  }
}

interface End {
  readonly promise: Promise<number>;
  /** The first one counts. */
  readonly finish: (exitCode: number) => void;
  readonly close: () => void;
}

/** Whatever can end it: a key, a signal, a terminal that is gone. */
function createEnd(): End {
  let finish: (exitCode: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const stops = Object.entries(endingSignals).map(([name, number]) => {
    const onSignal = (): void => finish(128 + number);
    process.on(name, onSignal);
    return () => process.off(name, onSignal);
  });
  return {
    promise,
    finish,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}

function takeInput(
  input: Input,
  { store, consoles }: { readonly store: Store; readonly consoles: Consoles },
  setWatched: (watched: boolean) => void,
): void {
  switch (input.type) {
    case 'key':
      store.press(input.key);
      break;
    case 'paste':
      // Into a form or a filter; a line's end in it must not send it.
      for (const text of input.text.replace(/[\r\n]+/g, ' ')) store.press({ name: text, text });
      break;
    case 'focus':
      setWatched(input.focused);
      break;
    case 'mouse':
      if (store.state().dialogs.length === 0 && consoles.mouse(input.report)) break;
      if (input.mouse.action === 'wheel-up') store.press({ name: 'up', text: '' });
      if (input.mouse.action === 'wheel-down') store.press({ name: 'down', text: '' });
      break;
  }
}

function followMouse(store: Store, set: (on: boolean) => void): () => void {
  let { mouse } = store.state();
  return store.subscribe(() => {
    if (store.state().mouse === mouse) return;
    mouse = store.state().mouse;
    set(mouse);
  });
}

function rest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
