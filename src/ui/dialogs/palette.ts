/** The commands that `:` offers. Pure. */
import fuzzysort from 'fuzzysort';
import { type Action, type Binding, bindings } from '../keys.ts';

export interface PaletteCommand {
  readonly action: Action;
  readonly text: string;
  readonly keys: string;
}

const commands: readonly PaletteCommand[] = (bindings as readonly Binding[]).map(
  ({ action, help, keys }) => ({
    action: action as Action,
    text: `${action.replaceAll('-', ' ')}: ${help}`,
    keys: keys.join(' '),
  }),
);

/** The best first; all if nothing is typed. */
export function matchingCommands(text: string): readonly PaletteCommand[] {
  if (text.trim() === '') return commands;
  return fuzzysort.go(text, commands, { key: 'text' }).map(({ obj }) => obj);
}
