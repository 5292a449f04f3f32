/**
 * Entries of the trash that go for good one after the other, so that those stay whose turn has not come when it is broken off. One note tells
 * of all that were begun; what nothing names any more is looked for once, after the last, since that reads all that names layers.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import { doomFreeLayers, findFreeLayers } from '../layers/free-layers.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { step } from '../store/crash-points.ts';
import { type Intent, removeIntent, writeIntent } from '../store/intents.ts';
import { deleteDoomed, deleteLayers, doomEntries } from './purge.ts';
import type { Remover } from './remover.ts';

type Turn = { readonly number: number; readonly isBegun: boolean };

/** `onTurn`: which one it is, from 0, and whether it has lost its name. Broken off, the note stays, and the next command deletes the rest. */
export async function purgeInTurn(
  domain: Domain,
  entries: readonly string[],
  remover: Remover,
  onTurn: (turn: Turn) => void,
): Promise<void> {
  const { paths } = domain;
  const folders = entries.map((entry) => join(paths.trash, entry));
  const layers = findFreeLayers(paths, folders).ids.map(paths.layer);
  let intent: Intent | undefined;
  for (const [number, entry] of entries.entries()) {
    onTurn({ number, isBegun: false });
    remover.work.signal.throwIfAborted();
    const begun = await withLayersLock(domain, async () => begin(domain, entry, intent));
    // One that is not there any more is somebody else's.
    if (begun === undefined) continue;
    intent = begun;
    onTurn({ number, isBegun: true });
    step('purge', 3);
    await deleteDoomed(domain, entry, remover, [...folders.slice(number + 1), ...layers]);
  }
  if (intent !== undefined) await end(domain, intent, remover);
}

/** The caller holds the layers' lock. Returns the note. */
function begin(domain: Domain, entry: string, before: Intent | undefined): Intent | undefined {
  const { paths } = domain;
  if (!existsSync(join(paths.trash, entry))) return undefined;
  const earlier = before?.operation === 'purge' ? before.entries : [];
  const intent = {
    operation: 'purge',
    name: earlier[0] ?? entry,
    entries: [...earlier, entry],
  } as const;
  step('purge', 1);
  writeIntent(paths, intent);
  step('purge', 2);
  doomEntries(domain, [entry]);
  return intent;
}

async function end(domain: Domain, intent: Intent, remover: Remover): Promise<void> {
  step('purge', 4);
  const kept = await withLayersLock(domain, async () => doomFreeLayers(domain));
  await deleteLayers(domain, intent.name, kept, remover);
  step('purge', 5);
  removeIntent(domain.paths, intent);
  step('purge', 6);
}
