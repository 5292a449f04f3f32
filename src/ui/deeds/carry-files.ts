/** Files in and out of machines, as deeds. */
import type { StorageWork } from '../../backends/storage.ts';
import type { CopyRequest, Machines } from '../../machines/machines.ts';
import { formatBytes } from '../../presentation/units.ts';
import type { Deed } from './deed.ts';

export type FileDeed = Extract<Deed, { verb: 'push' | 'pull' | 'bind' | 'unbind' }>;

export async function carryFiles(machines: Machines, deed: FileDeed, work: StorageWork): Promise<string> {
  const { name } = deed;
  switch (deed.verb) {
    case 'push':
    case 'pull': {
      const { files, bytes, skippedCount } = await machines[deed.verb](name, requestOf(deed, work));
      const left = skippedCount === 0 ? '' : `; ${skippedCount} left out`;
      return `${name}: ${files} files, ${formatBytes(bytes)}, copied to ${deed.target}${left}`;
    }
    case 'bind': {
      const { source, path, readOnly } = deed;
      const { live } = await machines.bind(name, { source, path, readOnly });
      return `${name}: ${source} is bound to ${path}${live ? '' : ' from its next start on'}`;
    }
    case 'unbind': {
      const { bind } = await machines.unbind(name, { source: deed.source, path: undefined, force: false });
      return `${name}: ${bind.path} is not bound any more`;
    }
  }
}

function requestOf(
  { verb, sources, target, parents }: Extract<FileDeed, { verb: 'push' | 'pull' }>,
  work: StorageWork,
): CopyRequest {
  return { ...work, sources, target, parents, owner: undefined, setId: verb === 'push' };
}
