/** Layers and images: what nothing names, what is not there, and what keeps space from being freed. */
import { relative } from 'node:path';
import type { Finding } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { problemOf, readImageFile, readImageFiles } from '../images/image-file.ts';
import { findFreeLayers, readDoomedLayers } from '../layers/free-layers.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { readReferences } from '../layers/references.ts';
import type { Paths } from '../store/paths.ts';

export async function examineLayers(domain: Domain): Promise<readonly Finding[]> {
  const { paths } = domain;
  return [
    ...readReferences(paths).unreadable.map((path) => unreadable(paths, path)),
    ...brokenImages(paths),
    ...(await freeLayers(domain)),
    ...doomedLayers(paths),
  ];
}

function unreadable(paths: Paths, path: string): Finding {
  return {
    subject: 'layers',
    verdict: 'warning',
    detail: `none is freed while ${path} cannot be read: it may name any`,
    fix: path.startsWith(`${paths.intents}/`) ? noteFix(path) : fixOf(relative(paths.root, path).split('/')),
  };
}

/** What a command had begun may still lie in the layers that nothing else names: that is for a person to judge. */
function noteFix(path: string): string {
  return `Look whether the machine is whole; then rm '${path.replaceAll("'", "'\\''")}'`;
}

function fixOf([place, name = '', folder, snapshot]: readonly string[]): string {
  if (place === 'trash') return `tsmachine trash empty ${name}`;
  if (place === 'images') return `tsmachine image remove ${name.replace(/\.json$/, '')}`;
  if (folder === 'snapshots') return `tsmachine snapshot-remove ${name} ${snapshot}`;
  return `tsmachine config ${name} --edit`;
}

function brokenImages(paths: Paths): readonly Finding[] {
  return readImageFiles(paths).flatMap((file) => {
    const image = readImageFile(paths, file);
    const problem = image === undefined ? null : problemOf(paths, image);
    if (image === undefined || problem === null) return [];
    const detail = `${problem}; it is built again when it is needed`;
    return {
      subject: `image ${image.key}`,
      verdict: 'note',
      detail,
      fix: `tsmachine image remove ${image.key}`,
    };
  });
}

/** Without the lock something may just move from where it was looked for later to where it was looked for before. */
async function freeLayers(domain: Domain): Promise<readonly Finding[]> {
  const { paths } = domain;
  if (findFreeLayers(paths).ids.length === 0) return [];
  try {
    const { ids } = await withLayersLock(domain, async () => findFreeLayers(paths));
    const detail = `nothing names ${ids.join(', ')}`;
    return ids.length === 0 ? [] : [{ subject: 'layers', verdict: 'warning', detail, fix: PRUNE }];
  } catch (error) {
    if (error instanceof MachineError && error.code === 'busy') return [];
    throw error;
  }
}

const PRUNE = 'tsmachine image prune';

function doomedLayers(paths: Paths): readonly Finding[] {
  const { length } = readDoomedLayers(paths);
  if (length === 0) return [];
  const detail = `${length} in ${paths.layers} ${length === 1 ? 'is' : 'are'} deleted only in part`;
  return [{ subject: 'layers', verdict: 'note', detail, fix: `If no command is at it: ${PRUNE}` }];
}
