/** A folder for one piece of work, whose rest the next command removes should this one die. */
import { randomHex } from '../../files/random-bytes.ts';
import type { Domain } from '../domain.ts';
import { step } from '../store/crash-points.ts';
import { removeIntent, writeIntent } from '../store/intents.ts';

/** It is not there yet, its parent may not be either. */
export async function withScratch<T>(domain: Domain, use: (directory: string) => Promise<T>): Promise<T> {
  const { paths, backend } = domain;
  // No machine has a dot in its name, and no two pieces of work have one name.
  const intent = { operation: 'pull', name: `pull.${randomHex(4)}` } as const;
  step('pull', 1);
  writeIntent(paths, intent);
  try {
    step('pull', 2);
    return await use(paths.staging(intent.name));
  } finally {
    step('pull', 3);
    await backend.storage.remove(paths.staging(intent.name));
    step('pull', 4);
    removeIntent(paths, intent);
    step('pull', 5);
  }
}

/** What was made in it, and was worth keeping, lies elsewhere already. */
export async function recoverScratch({ paths, backend }: Domain, name: string): Promise<undefined> {
  await backend.storage.remove(paths.staging(name));
  return undefined;
}
