/** The dashboard, from the first frame to the terminal given back: wires store, panes, consoles, screen and keys together. */
import type { SettingsFile } from '../files/settings-file.ts';
import type { Machines } from '../machines/machines.ts';
import type { Drawing } from './charts/drawing.ts';
import { type Mounted, mountDashboard } from './components/mount.tsx';
import type { Outside } from './consoles/outside.ts';
import { createParts } from './parts.ts';
import { firstTheme } from './settings/first-theme.ts';
import { applySettings, keepSettings, readSettings } from './settings/kept-settings.ts';
import type { Settings } from './settings/settings.ts';
import { type DashboardState, initialState, type LineCommand, type Size } from './state/dashboard-state.ts';
import { carryOutEffect, type EffectParts } from './store/effects.ts';
import type { Jobs } from './store/jobs.ts';
import { followMachines, type LiveData } from './store/live-data.ts';
import { createDrawingLoader } from './store/load-drawing.ts';
import { createStore } from './store/store.ts';
import { takeInput } from './take-input.ts';
import { createEnd } from './terminal/end.ts';
import type { Input } from './terminal/input.ts';
import { listenToKeyboard } from './terminal/keyboard.ts';
import { createOwnTerminal, type OwnTerminal } from './terminal/own-terminal.ts';
import { paced } from './terminal/paced.ts';
import { createScreen, type Screen } from './terminal/screen.ts';

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
  /** From now on a person is told here what no answer tells. */
  readonly onWarning?: (tell: (text: string) => void) => void;
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
  const { machines, stdin, stdout, outside } = request;
  // Before the screen is touched: what is wrong with them is told as any other error.
  const settings = readSettings(request.settingsFile);
  const theme = firstTheme(request, settings);
  const end = createEnd();
  const terminal = createOwnTerminal(stdin, stdout);
  const { size } = terminal;
  const screen = createScreen(terminal.sink);
  let live: LiveData | undefined;
  const store = createStore(firstState(request, settings, size()), (effect) => carryOutEffect(effect, parts));
  const paint = paced(() => paintAll(screen, terminal, ink, parts), FRAME_MS);
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
  const input = (typed: Input): void => takeInput(typed, parts, (watched) => live?.setWatched(watched));
  terminal.open({
    listen: () => listenToKeyboard(stdin, { console: parts.consoles, input, isOurs: terminal.isOurs, gone }),
    onTorn: () => {
      screen.clear();
      store.tell({ type: 'resize', size: size() });
      paint.ask();
    },
    onDrain: paint.ask,
    onGone: gone,
  });
  const ink = mountDashboard({ store, theme, size }, paint.ask, FRAME_MS);
  request.onWarning?.((text) => warn(store, text));
  const stopKeeping = keepSettings(store, settings, request.settingsFile);
  followState(parts, createDrawingLoader(request.loadDrawing, store), () => {
    ink.draw();
    paint.ask();
  });
  try {
    live = await followMachines(machines, store, (name) => lookAnew(parts, name), settings.interval);
    return await end.promise;
  } finally {
    terminal.stopListening();
    stopKeeping();
    live?.close();
    await closeParts(parts);
    paint.close();
    ink.unmount();
    end.close();
    terminal.close();
  }
}

function firstState(
  { machines, hostName, readOnly, commands }: DashboardRequest,
  settings: Settings,
  size: Size,
): DashboardState {
  const templates = machines.templates().map(({ name }) => name);
  return { ...applySettings(initialState({ hostName, readOnly, size }), settings), commands, templates };
}

function warn(store: EffectParts['store'], text: string): void {
  store.tell({ type: 'notice', notice: { kind: 'failed', text, command: undefined } });
}

/** Something happened to the machine: what was looked up of it is no more true. */
function lookAnew({ details }: EffectParts, name: string): void {
  details.forget(name);
  details.look();
}

/** Consoles and recordings lie between the panes and the dialogs. */
function paintAll(
  screen: Screen,
  terminal: Pick<OwnTerminal, 'setMouse'>,
  ink: Pick<Mounted, 'regions'>,
  { store, consoles, replays }: EffectParts,
): void {
  screen.setRegions([
    ...ink.regions('panes'),
    ...consoles.regions().values(),
    ...replays.regions(),
    ...ink.regions('dialogs'),
  ]);
  screen.setCursor(consoles.cursor());
  screen.flush();
  terminal.setMouse(!store.state().mouse ? 'none' : consoles.wantsMoves() ? 'moves' : 'buttons');
}

/** After each change of the state: what it shows is looked up, and consoles get the room that they have now. */
function followState(
  { store, details, consoles, replays }: EffectParts,
  drawing: { readonly look: () => void },
  draw: () => void,
): void {
  store.subscribe(() => {
    details.look();
    drawing.look();
    consoles.fit();
    replays.fit();
    draw();
  });
}

async function closeParts({ details, jobs, consoles, replays }: EffectParts): Promise<void> {
  details.close();
  await brokenOff(jobs);
  consoles.close();
  replays.close();
}

/** Nobody waits forever for what undoes itself. */
async function brokenOff(jobs: Jobs): Promise<void> {
  if (!jobs.breakOff()) return;
  const rest = new Promise((resolve) => setTimeout(resolve, UNDO_MS));
  await Promise.race([jobs.settled(), rest]);
}
