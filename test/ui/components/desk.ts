/** The real dashboard over machines that never change, from keys to the cells of a terminal: store, consoles, Ink, screen. */
import { setTimeout as rest } from 'node:timers/promises';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import xterm from '@xterm/headless';
import { vi } from 'vitest';
import type { GroupSample } from '../../../src/backends/usage.ts';
import type { MachineSummary } from '../../../src/machines/machines.ts';
import type { Drawing } from '../../../src/ui/charts/drawing.ts';
import { mountDashboard } from '../../../src/ui/components/mount.tsx';
import { createConsoles } from '../../../src/ui/consoles/consoles.ts';
import { panes } from '../../../src/ui/panes/panes.ts';
import {
  detailKey,
  initialState,
  type Size,
  selectedMachine,
} from '../../../src/ui/state/dashboard-state.ts';
import { lookFirst } from '../../../src/ui/store/look-first.ts';
import { createStore, type Store } from '../../../src/ui/store/store.ts';
import { createScreen, type Region } from '../../../src/ui/terminal/screen.ts';
import { enterScreen } from '../../../src/ui/terminal/screen-modes.ts';
import { createTheme, type ThemeName } from '../../../src/ui/theme.ts';
import { sample } from '../../commands/usage-sample.ts';
import { groupsOf, shownAt, shownList, shownMachines } from '../../fakes/shown-machines.ts';
import { sayingConnection } from './saying-connection.ts';

export interface Mode {
  readonly theme: ThemeName;
  readonly unicode: boolean;
}

export interface Desk {
  readonly store: Store;
  /** A word is a key's name; `"text"` is typed letter by letter. */
  readonly press: (...keys: readonly string[]) => void;
  /** What is typed into a console. */
  readonly type: (keys: string) => void;
  readonly resize: (size: Size) => void;
  /** Resolves when all is looked up and drawn. */
  readonly settled: () => Promise<void>;
  /** What a person would see. */
  readonly terminal: xterm.Terminal;
  /** As they were drawn last, in the order in which they lie over each other. */
  readonly regions: () => readonly Region[];
  /** Without what programs in consoles show: that is theirs. */
  readonly regionsOfPanes: () => readonly Region[];
  /** All that was written to the terminal. */
  readonly bytes: () => string;
  readonly close: () => void;
}

export interface DeskOptions extends Mode {
  readonly size: Size;
  readonly machines?: readonly MachineSummary[];
  /** What they use, at each of the samples. */
  readonly groups?: (turn: number) => readonly GroupSample[];
  /** What consoles show, by id. */
  readonly says?: Readonly<Record<string, string>>;
  readonly drawing?: Drawing;
  /** How many seconds it was watched. */
  readonly seconds?: number;
}

/** The clock stands still: what is drawn tells how long ago things were. */
export function stopClock(): void {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: shownAt });
}

const SAMPLES = 12;

export function deskOf({
  theme: name,
  unicode,
  size,
  machines: list = shownList,
  groups = (turn) => groupsOf(list, turn),
  says = {},
  drawing,
  seconds = SAMPLES,
}: DeskOptions): Desk {
  const machines = shownMachines({ list });
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
  terminal.loadAddon(new Unicode11Addon() as never);
  terminal.unicode.activeVersion = '11';
  let bytes = '';
  const write = (text: string): boolean => {
    bytes += text;
    terminal.write(text);
    return true;
  };
  write(enterScreen);
  const store = createStore(
    {
      ...initialState({ hostName: 'thishost', readOnly: false, size }),
      templates: ['busybox', 'debian'],
      drawing: drawing === undefined ? undefined : { state: 'ready', value: drawing },
    },
    (effect) => {
      if (effect.type === 'ask') return lookFirst(effect.question, machines, store);
      if (effect.type === 'open-console') consoles.open(effect.name);
      if (effect.type === 'open-grid') consoles.openGrid(effect.names);
      return undefined;
    },
  );
  const screen = createScreen({ rows: () => store.state().size.rows, write, isFull: () => false });
  let asked = 0;
  const ask = (): void => {
    asked += 1;
  };
  const consoles = createConsoles({
    store,
    connect: async (id) => ({ connection: sayingConnection(says[id] ?? ''), replayBytes: 0 }),
    onChange: ask,
    onFocus: () => undefined,
    deeds: { record: () => undefined, handOff: () => undefined },
  });
  const ink = mountDashboard(
    { store, theme: createTheme(name, { unicode }), size: () => store.state().size },
    ask,
    0,
  );
  let regions: readonly Region[] = [];
  store.subscribe(() => {
    consoles.fit();
    ink.draw();
    ask();
  });
  feed(store, list, groups, seconds);

  const draw = (): void => {
    regions = [...ink.regions('panes'), ...consoles.regions().values(), ...ink.regions('dialogs')];
    screen.setRegions(regions);
    screen.setCursor(consoles.cursor());
    screen.flush();
  };
  const lookUp = async (): Promise<void> => {
    const state = store.state();
    const machine = selectedMachine(state);
    const { tab } = state;
    if (machine === undefined || state.details.has(detailKey(tab, machine.name))) return;
    const value =
      tab === 'processes'
        ? (await machines.openSampler('machines', { rates: true })).processes(machine.name)
        : await panes[tab].load?.(machines, machine.name, state);
    store.tell({ type: 'seen', tab, name: machine.name, value });
  };
  return {
    store,
    press: (...keys) => {
      for (const key of keys) {
        const typed = /^"(.*)"$/.exec(key)?.[1];
        for (const letter of typed ?? [key]) store.press(keyOf(letter));
      }
    },
    type: (keys) => void consoles.type(Buffer.from(keys, 'latin1')),
    resize: (next) => {
      terminal.resize(next.columns, next.rows);
      screen.clear();
      store.tell({ type: 'resize', size: next });
    },
    settled: async () => {
      let seen = -1;
      // Ink draws at the next turn of the loop, and what consoles say takes some.
      while (seen !== asked) {
        seen = asked;
        await lookUp();
        for (let turn = 0; turn < 3; turn += 1) await rest(1);
      }
      draw();
      await new Promise<void>((resolve) => {
        terminal.write('', resolve);
      });
    },
    terminal,
    regions: () => regions,
    regionsOfPanes: () => [...ink.regions('panes'), ...ink.regions('dialogs')],
    bytes: () => bytes,
    close: () => {
      consoles.close();
      ink.unmount();
      terminal.dispose();
    },
  };
}

function feed(
  store: Store,
  list: readonly MachineSummary[],
  groups: (turn: number) => readonly GroupSample[],
  seconds: number,
): void {
  store.tell({ type: 'machines', machines: list });
  for (let turn = 0; turn < seconds; turn += 1) {
    vi.advanceTimersByTime(1000);
    store.tell({ type: 'sample', sample: sample(groups(turn)) });
  }
  vi.setSystemTime(shownAt);
}

function keyOf(name: string): { readonly name: string; readonly text: string } {
  return { name: name === ' ' ? 'space' : name, text: Array.from(name).length === 1 ? name : '' };
}
