/** The dashboard, from the first frame to the terminal given back: wires store, panes, consoles, screen and keys together. */
import type { SettingsFile } from '../files/settings-file.ts';
import type { Machines } from '../machines/machines.ts';
import type { Drawing } from './charts/drawing.ts';
import { mountDashboard } from './components/mount.tsx';
import type { Outside } from './consoles/outside.ts';
import { createParts } from './parts.ts';
import { firstTheme } from './settings/first-theme.ts';
import { applySettings, keepSettings, readSettings } from './settings/kept-settings.ts';
import { initialState, type LineCommand } from './state/dashboard-state.ts';
import { carryOutEffect, type EffectParts } from './store/effects.ts';
import type { Jobs } from './store/jobs.ts';
import { followMachines, type LiveData } from './store/live-data.ts';
import { createDrawingLoader } from './store/load-drawing.ts';
import { createStore } from './store/store.ts';
import { takeInput } from './take-input.ts';
import { createEnd } from './terminal/end.ts';
import { listenToKeyboard } from './terminal/keyboard.ts';
import { createOwnTerminal } from './terminal/own-terminal.ts';
import { paced } from './terminal/paced.ts';
import { createScreen } from './terminal/screen.ts';

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
  /** Those of the command line. */
  readonly commands: readonly LineCommand[];
  /** What draws charts; asked for once, when somebody looks at them. */
  readonly loadDrawing: () => Promise<Drawing>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** Between two frames of Ink, and between two paintings of consoles. */
const FRAME_MS = 33;
/** How long actions that are broken off may take to undo what they did. */
const UNDO_MS = 10_000;

/** Resolves with the exit code when it was left, or nobody can see it any more. */
export async function openDashboard(request: DashboardRequest): Promise<number> {
  const { machines, hostName, readOnly, stdin, stdout, outside } = request;
  // Before the screen is touched: what is wrong with them is told as any other error.
  const settings = readSettings(request.settingsFile);
  const theme = firstTheme(request, settings);
  const end = createEnd();
  const terminal = createOwnTerminal(stdin, stdout);
  const { size } = terminal;
  const screen = createScreen(terminal.sink);
  let live: LiveData | undefined;
  const store = createStore(
    {
      ...applySettings(initialState({ hostName, readOnly, size: size() }), settings),
      commands: request.commands,
      templates: machines.templates().map(({ name }) => name),
    },
    (effect) => carryOutEffect(effect, parts),
  );
  const paint = paced(() => {
    const { consoles, replays } = parts;
    screen.setRegions([
      ...ink.regions('panes'),
      ...consoles.regions().values(),
      ...replays.regions(),
      ...ink.regions('dialogs'),
    ]);
    screen.setCursor(consoles.cursor());
    screen.flush();
    terminal.setMouse(!store.state().mouse ? 'none' : consoles.wantsMoves() ? 'moves' : 'buttons');
  }, FRAME_MS);
  const parts: EffectParts = createParts({
    machines,
    outside,
    store,
    terminal,
    live: () => live,
    onChange: paint.ask,
    quit: () => {
      terminal.stopListening();
      end.finish(0);
    },
  });
  const gone = (): void => end.finish(1);
  terminal.open({
    listen: () => {
      const input = (typed: Parameters<typeof takeInput>[0]): void =>
        takeInput(typed, parts, (watched) => live?.setWatched(watched));
      return listenToKeyboard(stdin, { console: parts.consoles, input, isOurs: terminal.isOurs, gone });
    },
    onTorn: () => {
      screen.clear();
      store.tell({ type: 'resize', size: size() });
      paint.ask();
    },
    onDrain: paint.ask,
    onGone: gone,
  });
  const ink = mountDashboard({ store, theme, size }, paint.ask, FRAME_MS);
  const stopKeeping = keepSettings(store, settings, request.settingsFile);
  const { details, jobs, consoles, replays } = parts;
  const drawing = createDrawingLoader(request.loadDrawing, store);
  store.subscribe(() => {
    details.look();
    drawing.look();
    consoles.fit();
    replays.fit();
    ink.draw();
    paint.ask();
  });
  try {
    const onEvent = (name: string): void => {
      details.forget(name);
      details.look();
    };
    live = await followMachines(machines, store, onEvent, settings.interval);
    return await end.promise;
  } finally {
    terminal.stopListening();
    stopKeeping();
    live?.close();
    details.close();
    await brokenOff(jobs);
    consoles.close();
    replays.close();
    paint.close();
    ink.unmount();
    end.close();
    terminal.close();
  }
}

/** Nobody waits forever for what undoes itself. */
async function brokenOff(jobs: Jobs): Promise<void> {
  if (!jobs.breakOff()) return;
  const rest = new Promise((resolve) => setTimeout(resolve, UNDO_MS));
  await Promise.race([jobs.settled(), rest]);
}
