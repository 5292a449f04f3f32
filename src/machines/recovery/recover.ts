/**
 * What a command that died left half done is undone or completed (see store/crash-points.ts). Every deed here may be
 * repeated: recovery itself may die at any point. The caller holds the locks of all names of the intent.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { type Intent, removeIntent } from '../store/intents.ts';
import { releaseRanges, renameRanges } from '../store/ranges.ts';
import { loadMachine } from '../store/store.ts';

export type Outcome = 'undone' | 'completed';

export async function recover(domain: Domain, intent: Intent): Promise<Outcome | undefined> {
  const outcome = await outcomeOf(domain, intent);
  removeIntent(domain.paths, intent);
  if (outcome !== undefined) {
    const name = intent.operation === 'rename' ? intent.newName : intent.name;
    const entry = intent.operation === 'trash-restore' ? { entry: intent.entry } : {};
    record(domain, name, 'recovered', { operation: intent.operation, outcome, ...entry });
  }
  return outcome;
}

/** Each verb knows its own rest; only the module of the one that died is loaded. */
async function outcomeOf(domain: Domain, intent: Intent): Promise<Outcome | undefined> {
  switch (intent.operation) {
    case 'create':
      return recoverCreate(domain, intent.name);
    case 'rename':
      return completeRename(domain, intent.name, intent.newName);
    case 'destroy':
      return completeDestroy(domain, intent.name, intent.entry);
    case 'stop':
      return undefined;
    case 'snapshot':
      return (await import('../snapshots/take.ts')).recoverSnapshot(domain, intent);
    case 'restore':
      return (await import('../snapshots/restore.ts')).recoverRestore(domain, intent);
    case 'snapshot-remove':
      return (await import('../snapshots/remove.ts')).completeSnapshotRemove(domain, intent);
    case 'clone':
      return (await import('../making/clone.ts')).recoverClone(domain, intent);
    case 'export':
      return (await import('../transfer/export.ts')).recoverExport(domain, intent);
    case 'import':
      return (await import('../transfer/import.ts')).recoverImport(domain, intent);
    case 'trash-restore':
      return (await import('../trash/bring-back.ts')).completeBringBack(domain, intent);
    case 'revert':
      return (await import('../files/revert.ts')).recoverRevert(domain, intent);
    case 'merge':
      return (await import('../layers/compaction.ts')).recoverMerge(domain, intent.name, intent);
    case 'pull':
      return (await import('../images/scratch.ts')).recoverScratch(domain, intent.name);
    case 'purge':
      return (await import('../trash/purge.ts')).completePurge(domain, intent.entries);
  }
}

async function recoverCreate(domain: Domain, name: string): Promise<Outcome> {
  await domain.backend.storage.remove(domain.paths.staging(name));
  if (existsSync(domain.paths.machine(name))) {
    return 'completed';
  }
  await releaseRanges(domain, name);
  return 'undone';
}

async function completeRename(domain: Domain, name: string, newName: string): Promise<Outcome> {
  const { paths, backend } = domain;
  await withLayersLock(domain, async () => {
    if (existsSync(paths.machine(name)) && !existsSync(paths.machine(newName))) {
      renameDurably(paths.machine(name), paths.machine(newName));
    }
  });
  await renameRanges(domain, name, newName);
  try {
    await backend.storage.writeIdentity(loadMachine(paths, newName).handle);
  } catch {
    // A machine that spoiled its own /etc, or a broken config, must not block every command on it from now on.
  }
  return 'completed';
}

async function completeDestroy(domain: Domain, name: string, entry: string): Promise<Outcome> {
  const { paths } = domain;
  makeDirectory(paths.trash);
  await withLayersLock(domain, async () => {
    if (existsSync(paths.machine(name))) {
      renameDurably(paths.machine(name), join(paths.trash, entry));
    }
  });
  await renameRanges(domain, name, entry);
  return 'completed';
}
