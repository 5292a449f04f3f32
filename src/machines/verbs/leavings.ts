/** What a dead command left (see store/crash-points.ts): each verb knows its own rest, and only the module of the one that died is loaded. */
import type { Domain, Leavings, Outcome } from '../domain.ts';
import type { Intent } from '../store/intents.ts';

export const leavings: Leavings = {
  settle,
  sweep: async (domain, name) => (await import('../ephemeral/sweep.ts')).sweepLocked(domain, name),
};

async function settle(domain: Domain, intent: Intent): Promise<Outcome | undefined> {
  switch (intent.operation) {
    case 'create':
      return (await import('../making/create.ts')).recoverCreate(domain, intent.name);
    case 'rename':
      return (await import('../making/rename.ts')).completeRename(domain, intent.name, intent.newName);
    case 'destroy':
      return (await import('../making/destroy.ts')).completeDestroy(domain, intent);
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
