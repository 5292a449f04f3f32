/** What the help says: the keys of the place where one is, then those of everywhere. Pure. */
import type { Leader } from '../../terminal/escape-keys.ts';
import { keysOf } from '../keymap.ts';
import { type Binding, bindings } from '../keys.ts';
import { wrapWords } from '../row-text.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { placeOf } from '../state/place.ts';
import type { Theme } from '../theme.ts';
import type { Help } from './dialog.ts';

/** Cells for keys. */
const KEYS = 16;

/** Only what has the search in it: keys, words, or the name of the action. */
export function helpLines(
  state: DashboardState,
  { search }: Help,
  theme: Theme,
  width: number,
): readonly string[] {
  const wanted = search.toLowerCase();
  const place = placeOf(state);
  const places = [place, ...(place === 'snapshots' || place === 'changes' ? ['detail'] : []), 'everywhere'];
  const groups = [...new Set(places)].map((where): readonly string[] => {
    const rows = (bindings as readonly Binding[])
      .filter((binding) => binding.place === where)
      .filter((binding) => searched(binding, state).toLowerCase().includes(wanted))
      .flatMap((binding) => helpLine(binding, state, theme, width));
    const title = where === 'everywhere' ? 'Everywhere' : `Here: ${where}`;
    return rows.length === 0 ? [] : [theme.paint('title', title), ...rows, ''];
  });
  const { label } = state.leader;
  const inConsole = behindLeader(state.leader).filter((keys) =>
    keys.join(' ').toLowerCase().includes(wanted),
  );
  const about = `In a console all keys go to the machine, but ${label}. Behind it:`;
  const titles = wrapWords(about, width).map((text) => theme.paint('title', text));
  const consoles = inConsole.flatMap(([keys, help]) => withKeys(keys, help, '', theme, width));
  const lines = [...groups.flat(), ...(consoles.length === 0 ? [] : [...titles, ...consoles])];
  return lines.length === 0 ? [theme.paint('dim', 'no key does that')] : lines;
}

function searched(binding: Binding, state: DashboardState): string {
  return `${keysOf(binding, state.remapped).join(' ')} ${binding.help} ${binding.action}`;
}

function helpLine(binding: Binding, state: DashboardState, theme: Theme, width: number): readonly string[] {
  const locked = binding.writes === true && state.readOnly ? ' (read-only)' : '';
  return withKeys(keysOf(binding, state.remapped).join(' '), binding.help, locked, theme, width);
}

/** What there is no room for beside the keys goes on below. */
function withKeys(
  keys: string,
  help: string,
  locked: string,
  theme: Theme,
  width: number,
): readonly string[] {
  const [first = '', ...more] = wrapWords(help + locked, Math.max(10, width - KEYS - 1));
  return [
    `${theme.paint('key', keys.padEnd(KEYS))} ${first}`,
    ...more.map((line) => `${' '.repeat(KEYS)} ${line}`),
  ];
}

const behindLeader = ({ label, literal, twiceLeaves }: Leader): readonly (readonly [string, string])[] => [
  [twiceLeaves ? `q d ${label}` : 'q d', 'leave the console'],
  [twiceLeaves ? String.fromCharCode(literal) : label, `a real ${label}`],
  ['z', 'zoom'],
  ['n p', 'next console, console before'],
];
