/**
 * What a command that died left half done is undone (create) or completed (rename, destroy). Every deed here may be
 * repeated: recovery itself may die at any point. The caller holds the locks of all names of the intent.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import { type Intent, removeIntent } from '../store/intents.ts';
import { loadMachine } from '../store/store.ts';

export async function recover(domain: Domain, intent: Intent): Promise<void> {
  const outcome = await outcomeOf(domain, intent);
  removeIntent(domain.paths, intent);
  if (outcome !== undefined) {
    const name = intent.operation === 'rename' ? intent.newName : intent.name;
    record(domain, name, 'recovered', { operation: intent.operation, outcome });
  }
}

async function outcomeOf(domain: Domain, intent: Intent): Promise<'undone' | 'completed' | undefined> {
  switch (intent.operation) {
    case 'create':
      return recoverCreate(domain, intent.name);
    case 'rename':
      return completeRename(domain, intent.name, intent.newName);
    case 'destroy':
      return completeDestroy(domain, intent.name, intent.entry);
    case 'stop':
      return undefined;
  }
}

async function recoverCreate(domain: Domain, name: string): Promise<'undone' | 'completed'> {
  rmSync(domain.paths.staging(name), { recursive: true, force: true });
  if (existsSync(domain.paths.machine(name))) {
    return 'completed';
  }
  await releaseRanges(domain, name);
  return 'undone';
}

export async function completeRename(
  domain: Domain,
  name: string,
  newName: string,
): Promise<'undone' | 'completed'> {
  const { paths, backend } = domain;
  if (existsSync(paths.machine(name)) && !existsSync(paths.machine(newName))) {
    renameDurably(paths.machine(name), paths.machine(newName));
  }
  for (const range of await backend.idRangesOf(name)) {
    await backend.renameIdRange(range, name, newName);
  }
  try {
    await backend.storage.writeIdentity(loadMachine(paths, newName).handle);
  } catch {
    // A machine that spoiled its own /etc, or a broken config, must not block every command on it from now on.
  }
  return 'completed';
}

export async function completeDestroy(domain: Domain, name: string, entry: string): Promise<'completed'> {
  const { paths, backend } = domain;
  makeDirectory(paths.trash);
  if (existsSync(paths.machine(name))) {
    renameDurably(paths.machine(name), join(paths.trash, entry));
  }
  for (const range of await backend.idRangesOf(name)) {
    await backend.renameIdRange(range, name, entry);
  }
  return 'completed';
}

export async function releaseRanges(domain: Domain, name: string): Promise<void> {
  for (const range of await domain.backend.idRangesOf(name)) {
    await domain.backend.releaseIdRange(range, name);
  }
}
