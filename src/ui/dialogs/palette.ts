/** The commands that `:` offers. Pure. */
import fuzzysort from 'fuzzysort';
import { type Action, type Binding, bindings } from '../keys.ts';

export interface PaletteCommand {
  readonly action: Action;
  readonly text: string;
  readonly binding: Binding;
}

const commands: readonly PaletteCommand[] = (bindings as readonly Binding[]).map((binding) => ({
  action: binding.action as Action,
  text: `${binding.action.replaceAll('-', ' ')}: ${binding.help}`,
  binding,
}));

/** The best first; all if nothing is typed. */
export function matchingCommands(text: string): readonly PaletteCommand[] {
  if (text.trim() === '') return commands;
  return fuzzysort.go(text, commands, { key: 'text' }).map(({ obj }) => obj);
}
