/** What came of several deeds at once, in a line, and the command line that would have done them. Pure. */
import { type Deed, deedWords } from './deed.ts';

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

/** One command line for all, where commands take several names; else that of the last. */
export function wordsOfAll(deeds: readonly Deed[]): readonly string[] {
  const [first] = deeds;
  const last = deeds.at(-1);
  if (first === undefined || last === undefined) return [];
  const alike = takeSeveral.has(first.verb) && deeds.every(({ verb }) => verb === first.verb);
  if (!alike) return deedWords(last);
  const names = deeds.map((deed) => deedWords(deed).at(-1) ?? '');
  return [...deedWords(first).slice(0, -1), ...names];
}
