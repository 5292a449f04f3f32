/** Files of machines as a whole: clones, archives, what differs between states, and what all of it takes on disk. */
import type { Domain } from '../domain.ts';
import { guard, guardEach, guardWork } from '../guards.ts';
import type { Part } from './part.ts';

type KeptFiles =
  | 'clone'
  | 'exportMachine'
  | 'importMachine'
  | 'diff'
  | 'diffFile'
  | 'revert'
  | 'diskUsage'
  | 'layerSizes'
  | 'relatives';

export function keptFilesVerbs(domain: Domain): Part<KeptFiles> {
  return {
    clone: (source, newName, request) =>
      guardWork(source, request, async () =>
        (await import('../making/clone.ts')).clone(domain, source, newName, request),
      ),
    exportMachine: (source, request) =>
      guardWork(source, request, async () =>
        (await import('../transfer/export.ts')).exportMachine(domain, source, request),
      ),
    importMachine: (request) =>
      guardWork(request.name, request, async () =>
        (await import('../transfer/import.ts')).importMachine(domain, request),
      ),
    diff: (from, to, below) =>
      guardEach(from, async function* () {
        yield* (await import('../files/diff.ts')).diff(domain, from, to, below);
      }),
    diffFile: (from, to, path) =>
      guard(from, async () => (await import('../files/diff.ts')).diffFile(domain, from, to, path)),
    revert: (name, paths, from, work) =>
      guardWork(name, work, async () =>
        (await import('../files/revert.ts')).revert(domain, name, paths, from, work),
      ),
    diskUsage: (name) =>
      guard(name, async () => (await import('../layers/disk-usage.ts')).diskUsage(domain, name)),
    layerSizes: (name) =>
      guard(name, async () => (await import('../layers/layer-sizes.ts')).layerSizes(domain, name)),
    relatives: (name) =>
      guard(name, async () => (await import('../layers/relatives.ts')).relatives(domain, name)),
  };
}
