/** Snapshots in words: NAME SNAPSHOT..., or NAME@SNAPSHOT in one word, as everywhere else. */
import { MachineError } from '../../machines/errors.ts';

/** The machine's name, then the snapshots' names; what is behind `@` stays unchecked. */
export function splitSnapshotWords(
  words: readonly string[],
): readonly [name: string, ...snapshots: readonly string[]] {
  const [first = '', ...rest] = words;
  const at = first.indexOf('@');
  return at === -1 || rest.length > 0 ? [first, ...rest] : [first.slice(0, at), first.slice(at + 1)];
}

/** Throws `usage`. */
export function requireSnapshotWord(name: string, snapshot: string | undefined): string {
  if (snapshot !== undefined) return snapshot;
  throw new MachineError('usage', 'which snapshot?', {
    subject: name,
    hint: `its snapshots: tsmachine snapshots ${name}`,
  });
}
