/** What the help says: the keys of the place where one is, then those of everywhere. Pure. */
import { type Binding, bindings, keysOf } from '../keys.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { placeOf } from '../state/place.ts';
import type { Theme } from '../theme.ts';
import type { Help } from './dialog.ts';

/** Only what has the search in it: keys, words, or the name of the action. */
export function helpLines(state: DashboardState, { search }: Help, theme: Theme): readonly string[] {
  const wanted = search.toLowerCase();
  const place = placeOf(state);
  const places = [place, ...(place === 'snapshots' || place === 'changes' ? ['detail'] : []), 'everywhere'];
  const groups = [...new Set(places)].map((where): readonly string[] => {
    const rows = (bindings as readonly Binding[])
      .filter((binding) => binding.place === where)
      .map((binding) => helpLine(binding, state, theme))
      .filter((row) => row.plain.toLowerCase().includes(wanted));
    const title = where === 'everywhere' ? 'Everywhere' : `Here: ${where}`;
    return rows.length === 0 ? [] : [theme.paint('title', title), ...rows.map(({ shown }) => shown), ''];
  });
  const inConsole = consoleHelp(theme).filter((line) => line.toLowerCase().includes(wanted));
  const lines = [...groups.flat(), ...(wanted === '' ? consoleHelp(theme) : inConsole)];
  return lines.length === 0 ? [theme.paint('dim', 'no key does that')] : lines;
}

function helpLine(
  binding: Binding,
  state: DashboardState,
  theme: Theme,
): { readonly plain: string; readonly shown: string } {
  const keys = keysOf(binding, state.remapped).join(' ').padEnd(16);
  const locked = binding.writes === true && state.readOnly ? theme.paint('dim', ' (read-only)') : '';
  return {
    plain: `${keys} ${binding.help} ${binding.action}`,
    shown: `${theme.paint('key', keys)} ${binding.help}${locked}`,
  };
}

function consoleHelp(theme: Theme): readonly string[] {
  return [
    theme.paint('title', 'In a console all keys go to the machine, but Ctrl-]. Behind it:'),
    `${theme.paint('key', 'q d Ctrl-]'.padEnd(16))} leave the console`,
    `${theme.paint('key', ']'.padEnd(16))} a real Ctrl-]`,
    `${theme.paint('key', 'z'.padEnd(16))} zoom`,
    `${theme.paint('key', 'n p'.padEnd(16))} next console, console before`,
  ];
}
