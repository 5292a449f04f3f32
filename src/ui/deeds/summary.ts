/** What came of several deeds at once, in a line, and the command line that would have done them. Pure. */
import { commandLine, type Deed, deedWords } from './deed.ts';

export interface Outcome {
  readonly deed: Deed;
  readonly end: 'done' | 'failed' | 'broken-off';
}

const past: Readonly<Record<Deed['verb'], string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  freeze: 'frozen',
  unfreeze: 'thawed',
  kill: 'killed',
  create: 'created',
  destroy: 'destroyed',
  clone: 'cloned',
  rename: 'renamed',
  set: 'set',
  snapshot: 'snapshots taken',
  restore: 'restored',
  'snapshot-remove': 'snapshots removed',
  revert: 'reverted',
  push: 'copied to',
  pull: 'copied from',
  bind: 'bound',
  unbind: 'unbound',
  undo: 'undone',
};

/** "3 started, 1 failed". */
export function summary(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const word of [
    ...outcomes.filter(({ end }) => end === 'done').map(({ deed }) => past[deed.verb]),
    ...outcomes.filter(({ end }) => end === 'broken-off').map(() => 'broken off'),
    ...outcomes.filter(({ end }) => end === 'failed').map(() => 'failed'),
  ]) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

const takeSeveral: ReadonlySet<string> = new Set([
  'start',
  'stop',
  'restart',
  'freeze',
  'unfreeze',
  'kill',
  'destroy',
]);

/** The command lines that would do all of them, one behind the other: one for those that take several names at once. */
export function commandOfAll(deeds: readonly Deed[]): string {
  const groups = new Map<string, Deed[]>();
  for (const [index, deed] of deeds.entries()) {
    const group = takeSeveral.has(deed.verb) ? deed.verb : String(index);
    groups.set(group, [...(groups.get(group) ?? []), deed]);
  }
  return [...groups.values()].map((group) => commandLine(wordsOf(group))).join('; ');
}

/** They differ in the name alone, which is the last word. */
function wordsOf(deeds: readonly Deed[]): readonly string[] {
  const all = deeds.map(deedWords);
  return [...(all[0]?.slice(0, -1) ?? []), ...all.map((words) => words.at(-1) ?? '')];
}
