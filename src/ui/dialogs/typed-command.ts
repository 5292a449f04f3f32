/**
 * What is typed behind `:` with arguments, as the command line would take it: `set web memory.max=1G`, `snapshot web before`. Besides, what
 * is set in the dashboard itself: `theme light`, `sort memory`. Pure.
 */
import { parseArgs } from 'node:util';
import { MachineError } from '../../machines/errors.ts';
import { bindings } from '../keys.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { only, type Pressed } from '../state/pressed.ts';
import type { Given } from './typed-verb.ts';
import { verbs } from './typed-verbs.ts';

/** The names that hands know, as on the command line. */
export const aliases: Readonly<Record<string, string>> = {
  boot: 'start',
  poweroff: 'stop',
  reboot: 'restart',
  pause: 'freeze',
  thaw: 'unfreeze',
  resume: 'unfreeze',
  rm: 'destroy',
  remove: 'destroy',
  login: 'console',
  attach: 'console',
  'copy-to': 'push',
  'copy-from': 'pull',
};

/** What is typed so far, if it begins as a command with arguments does: what Enter would do, or why it would do nothing. */
export type Typed =
  | { readonly kind: 'ready'; readonly usage: string; readonly pressed: Pressed }
  | { readonly kind: 'wrong'; readonly usage: string; readonly problem: string };

/** Undefined: no command with arguments; the list of commands is searched for it. */
export function typedCommand(line: string, state: DashboardState, now: number): Typed | undefined {
  const [first = '', ...rest] = shellWords(line.trimStart().replace(/^tsmachine\s+/, ''));
  const verb = verbs[aliases[first] ?? first];
  if (verb === undefined) return otherCommand([first, ...rest], state);
  if (!/\S\s/.test(line.trimStart())) return undefined;
  const { usage } = verb;
  if (state.readOnly && verb.harmless !== true)
    return { kind: 'wrong', usage, problem: 'read-only: nothing is changed' };
  try {
    const { positionals, values } = parseArgs({
      args: rest,
      options: verb.options ?? {},
      allowPositionals: true,
    });
    const [fewest, most] = verb.words;
    if (positionals.length < fewest || positionals.length > most)
      return { kind: 'wrong', usage, problem: '' };
    const given = { words: positionals, options: values as Given['options'] };
    return { kind: 'ready', usage, pressed: verb.run(state, given, now) };
  } catch (error) {
    return { kind: 'wrong', usage, problem: wordsOf(error) };
  }
}

/** It may change anything: with --read-only none is run. */
function otherCommand(words: readonly string[], state: DashboardState): Typed | undefined {
  const [first = ''] = words;
  const command = state.commands.find(({ names }) => names.includes(first));
  // Alone it is rather what a key does here.
  const isKey = words.length === 1 && bindings.some(({ action }) => action === first);
  if (command === undefined || isKey) return undefined;
  const usage = `${command.names[0]}: ${command.summary}; on the whole terminal, until you have read it`;
  if (state.readOnly) return { kind: 'wrong', usage, problem: 'read-only: it might change something' };
  return { kind: 'ready', usage, pressed: only(state, { type: 'run-here', words }) };
}

function wordsOf(error: unknown): string {
  if (error instanceof MachineError && error.hint !== undefined) return `${error.message}: ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}

/** Blanks part words, quotes keep them together; what a shell would do besides is not done. */
export function shellWords(line: string): readonly string[] {
  const words = line.match(/(?:"[^"]*"?|'[^']*'?|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"?|'([^']*)'?/g, (_, double, single) => double ?? single ?? ''),
  );
}
