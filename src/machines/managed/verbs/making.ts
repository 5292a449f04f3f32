/** Machines that come, go and get other names. */
import { guard, guardWork } from '../../guards.ts';
import type { Part } from '../../verbs/part.ts';
import { quietWork } from '../../work/quiet-work.ts';
import type { ManagedDomain } from '../managed-domain.ts';

type Making =
  | 'create'
  | 'rename'
  | 'destroy'
  | 'clone'
  | 'run'
  | 'startEphemeral'
  | 'sweep'
  | 'exportMachine'
  | 'importMachine';

export function managedMakingVerbs(managed: ManagedDomain): Part<Making> {
  return {
    create: (request) =>
      guardWork(request.name, request, async () =>
        (await import('../making/create.ts')).create(managed, request),
      ),
    rename: (name, newName) =>
      guard(name, async () => (await import('../making/rename.ts')).rename(managed, name, newName)),
    destroy: (name, options, work = quietWork) =>
      guard(name, async () => (await import('../making/destroy.ts')).destroy(managed, name, options, work)),
    clone: (source, newName, request) =>
      guardWork(source, request, async () =>
        (await import('../making/clone.ts')).clone(managed, source, newName, request),
      ),
    run: (request) =>
      guardWork(request.name, request, async () => (await import('../making/run.ts')).run(managed, request)),
    startEphemeral: (source, request) =>
      guardWork(source, request, async () =>
        (await import('../making/run.ts')).startEphemeral(managed, source, request),
      ),
    sweep: (name) => guard(name, async () => (await import('../making/sweep.ts')).sweep(managed, name)),
    exportMachine: (source, request) =>
      guardWork(source, request, async () =>
        (await import('../transfer/export.ts')).exportMachine(managed, source, request),
      ),
    importMachine: (request) =>
      guardWork(request.name, request, async () =>
        (await import('../transfer/import.ts')).importMachine(managed, request),
      ),
  };
}
