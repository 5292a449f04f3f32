/** What a person does before a golden frame is taken. */
import type { MachineSummary } from '../../../src/machines/machines.ts';
import { manyMachines, shownList } from '../../fakes/shown-machines.ts';
import type { Desk } from './desk.ts';

export interface Scene {
  readonly machines?: readonly MachineSummary[];
  readonly act: (desk: Desk) => Promise<void> | void;
}

const keys =
  (...names: readonly string[]) =>
  (desk: Desk): void =>
    desk.press(...names);

const secondLine =
  (tab: string) =>
  async (desk: Desk): Promise<void> => {
    desk.press('G', 'tab', tab);
    await desk.settled();
    desk.press('j');
  };

const failure = {
  words: ['start', 'broken'],
  lines: [
    'tsmachine: start: the configuration of broken cannot be read: /var/lib/tsmachine/machines/broken/config.json: unexpected end of JSON input',
    '  hint: tsmachine doctor says what is left of it; tsmachine destroy --force broken puts it into the trash',
  ],
};

/** What consoles show: colours, wide characters, a progress line, and a program that took the whole screen. */
export const says: Readonly<Record<string, string>> = {
  web: '\x1b[1;32mweb:~#\x1b[m ls\r\n日本.txt  \x1b[34mbin\x1b[m  notes\r\n\x1b[1;32mweb:~#\x1b[m ',
  build: '[##########..........] 50%\r[###############.....] 75%',
  mail: '\x1b[?1049h\x1b[H\x1b[44;97m top \x1b[m load 0.42\x1b[3;1H\x1b[7mPID  COMMAND\x1b[m\x1b[4;1H1    init',
  'database-of-the-accounting-department': 'Welcome.\r\n\r\nlogin: ',
};

export const overview: Scene = { act: keys('j', 'j') };

export const tabs: Readonly<Record<string, Scene>> = {
  overview: { act: keys('G', '1') },
  console: { act: keys('G', '2') },
  charts: { act: keys('G', '3') },
  processes: { act: secondLine('4') },
  snapshots: { act: secondLine('5') },
  changes: { act: secondLine('6') },
  events: { act: keys('G', '7') },
  plan: { act: keys('G', 'tab', '8') },
};

/** Of a machine with a limit, at another time than the present. */
export const chartsBack: Scene = { act: keys('j', 'j', 'tab', '3', 'h', 'h', 'h', 'j') };

export const dialogs: Readonly<Record<string, Scene>> = {
  help: { act: keys('?') },
  'help-end': { act: keys('?', ...Array.from({ length: 30 }, () => 'pagedown')) },
  palette: { act: keys(':', '"snap"', 'down') },
  'palette-typed': { act: keys(':', '"set web memory.max=1G"') },
  create: { act: keys('a', '"new one"') },
  limits: { act: keys('g', 'G', 'L', 'tab') },
  destroy: {
    act: async (desk) => {
      desk.press('G', 'D');
      await desk.settled();
      desk.press('"we"');
    },
  },
  'destroy-marked': {
    act: async (desk) => {
      desk.press('*', 'D');
      await desk.settled();
    },
  },
  error: { act: ({ store }) => store.tell({ type: 'problems', problems: [failure, failure] }) },
  columns: { act: keys('C', 'j', 'j', 'space') },
  filter: { act: keys('/', '"state:running"') },
};

export const places: Readonly<Record<string, Scene>> = {
  empty: { machines: [], act: () => undefined },
  thousand: { machines: manyMachines(1000), act: keys(...Array.from({ length: 500 }, () => 'j'), 'space') },
  marked: { act: keys('space', 'j', 'space', 'j', '>', 'p', '!') },
  'no-match': { act: keys('/', '"nothing like that"', 'enter') },
  'both-backends': {
    machines: shownList.map((machine, index) => ({ ...machine, backend: index % 2 ? 'nspawn' : 'native' })),
    act: keys('j'),
  },
  grid: { act: keys('*', 'w') },
  'typed-to-all': {
    act: async (desk) => {
      desk.press('*', 'w');
      await desk.settled();
      desk.type('\x1db');
    },
  },
};
