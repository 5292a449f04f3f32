/** What a line asks for: a command as behind `:` of the full screen, or something to be told. */
import { visible } from '../../presentation/plain-text.ts';
import { shellWords, typedCommand } from '../dialogs/typed-command.ts';
import { verbs } from '../dialogs/typed-verbs.ts';
import { panes } from '../panes/panes.ts';
import { type Tab, tabs } from '../state/dashboard-state.ts';
import type { Effect } from '../state/pressed.ts';
import { createTheme } from '../theme.ts';
import type { PlainParts } from './plain-parts.ts';

const theme = createTheme('none', { unicode: false });
const WIDTH = 80;

/** Of the others it has to be seen how they go on. */
const told: readonly Tab[] = tabs.filter((tab) => panes[tab].load !== undefined);

/** Commands that are about the full screen alone. */
const forTheScreen: ReadonlySet<string> = new Set([
  'theme',
  'glyphs',
  'columns',
  'tab',
  'select',
  'sort',
  'filter',
  'replay',
]);

export async function takeLine(line: string, parts: PlainParts): Promise<readonly Effect[] | 'quit'> {
  const { print, list } = parts;
  const [first = '', name] = shellWords(line.trim().replace(/^:|^tsmachine\s+/, ''));
  switch (first) {
    case '':
    case 'list':
    case 'ls':
      list();
      return [];
    case 'q':
    case 'quit':
    case 'exit':
      return 'quit';
    case 'help':
    case '?':
      for (const text of helpSentences()) print(text);
      return [];
    case 'undo':
      return [{ type: 'deeds', deeds: [{ verb: 'undo' }] }];
  }
  const tab = told.find((known) => known === (first === 'info' ? 'overview' : first));
  if (tab !== undefined) {
    await tell(tab, name, parts);
    return [];
  }
  if (forTheScreen.has(first)) {
    print('That is for the full screen.');
    return [];
  }
  return takeTyped(line, first, parts);
}

/** A command as it is typed behind `:`. */
function takeTyped(line: string, first: string, { store, print }: PlainParts): readonly Effect[] {
  // A blank behind it: here a word alone is a whole command, too.
  const typed = typedCommand(`${line.trim().replace(/^:/, '')} `, store.state(), 0);
  if (typed === undefined) {
    print(`There is no command ${JSON.stringify(first)}: help tells which there are.`);
    return [];
  }
  if (typed.kind === 'wrong') {
    print(visible([typed.problem, `It is: ${typed.usage}`].filter(Boolean).join('. ')));
    return [];
  }
  store.update(() => typed.pressed.state);
  return typed.pressed.effects;
}

function helpSentences(): readonly string[] {
  return [
    'list: all machines, as an empty line does.',
    ...told.map((tab) => `${tab} NAME: what the tab ${panes[tab].title} tells.`),
    ...Object.entries(verbs)
      .filter(([verb]) => !forTheScreen.has(verb) && verb !== 'console')
      .map(([, { usage }]) => usage),
    'undo: the last destroy, restore, revert or removal of a snapshot.',
    'quit: leaves; machines go on.',
  ];
}

async function tell(
  tab: Tab,
  name: string | undefined,
  { machines, store, print }: PlainParts,
): Promise<void> {
  const state = store.state();
  const machine = state.machines.find((candidate) => candidate.name === name);
  if (machine === undefined)
    return print(name === undefined ? `${tab} NAME` : `There is no machine ${visible(name)}.`);
  try {
    const value = await panes[tab].load?.(machines, machine.name, state);
    const view = {
      value,
      machine,
      state,
      theme,
      width: WIDTH,
      height: Number.MAX_SAFE_INTEGER,
      now: Date.now(),
    };
    for (const { text } of panes[tab].lines(view)) print(text.trimEnd());
  } catch (error) {
    print(visible(error instanceof Error ? error.message : String(error)));
  }
}
