/** The commands that `:` offers. Pure. */
import fuzzysort from 'fuzzysort';
import { type Action, type Binding, byNeed } from '../keys.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { placeOf } from '../state/place.ts';
import { aliases } from './typed-command.ts';
import { verbs } from './typed-verbs.ts';

/** `sought`: what is searched. `begins`: what is typed when it is chosen, because it says nothing without words behind it. */
export type PaletteCommand = {
  readonly name: string;
  readonly text: string;
  readonly sought: string;
} & ({ readonly action: Action; readonly binding: Binding } | { readonly begins: string });

const keyed = byNeed.map((binding) => {
  const name = binding.action.replaceAll('-', ' ');
  const text = `${name}: ${binding.help}`;
  return { name, text, sought: text, action: binding.action as Action, binding };
});

const isKeyed = (name: string): boolean => byNeed.some(({ action }) => action === name);

const typed: readonly PaletteCommand[] = Object.entries(verbs)
  .filter(([name]) => !isKeyed(name))
  .map(([name, { usage }]) => ({ name, text: usage, sought: name, begins: `${name} ` }));

/** What has that name, what begins with it, then what fits best; if nothing is typed all, with what can be done in the place where one is before the others. */
export function matchingCommands(
  text: string,
  state: Pick<DashboardState, 'commands'> & Parameters<typeof placeOf>[0],
): readonly PaletteCommand[] {
  const wanted = text.trim();
  const all = [...keyed, ...typed, ...ofTheCommandLine(state)];
  if (wanted === '') return hereFirst(all, placeOf(state));
  const named = [wanted, aliases[wanted]].flatMap((word) => all.filter(({ name }) => name === word));
  const begun = all.filter(({ name }) => name.startsWith(wanted));
  // Without a limit it gives no more than ten.
  const found = fuzzysort.go(wanted, all, { key: 'sought', limit: all.length }).map(({ obj }) => obj);
  return [...new Set([...named, ...begun, ...found])];
}

function ofTheCommandLine({ commands }: Pick<DashboardState, 'commands'>): readonly PaletteCommand[] {
  return commands.flatMap(({ names: [name = ''], summary }) =>
    isKeyed(name) || name in verbs
      ? []
      : [{ name, text: `${name}: ${summary}`, sought: name, begins: `${name} ` }],
  );
}

/** Marks, movements and charts are for keys, wherever one is. */
function hereFirst(all: readonly PaletteCommand[], here: string): readonly PaletteCommand[] {
  const isHere = (command: PaletteCommand): boolean =>
    here !== 'list' && here !== 'charts' && 'binding' in command && command.binding.place === here;
  return [...all.filter(isHere), ...all.filter((command) => !isHere(command))];
}
