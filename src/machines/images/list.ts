/** image list: read only, without a lock. */
import { existsSync, statSync } from 'node:fs';
import type { Domain } from '../domain.ts';
import { usersOf } from '../layers/layer-users.ts';
import { type NamedStack, readReferences } from '../layers/references.ts';
import type { ImageSummary } from '../machines.ts';
import { mapAtMost } from '../work/at-most.ts';
import { problemOf, readImageFile, readImageFiles } from './image-file.ts';

export async function images(domain: Domain): Promise<readonly ImageSummary[]> {
  const { stacks } = readReferences(domain.paths);
  const files = readImageFiles(domain.paths);
  const summaries = await mapAtMost(4, files, (file) => summarize(domain, file, stacks));
  return [...summaries].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

async function summarize(domain: Domain, file: string, stacks: readonly NamedStack[]): Promise<ImageSummary> {
  const { paths } = domain;
  const image = readImageFile(paths, file);
  const layers = image?.layers ?? [];
  return {
    key: image?.key ?? file,
    template: image?.template ?? null,
    options: image?.options ?? {},
    layers,
    bytes: await bytesOfLayers(domain, layers),
    usedBy: usersOf(paths, stacks, layers),
    createdAt: image?.createdAt ?? writtenAt(paths.image(file)),
    problem: image === undefined ? 'its file cannot be read' : problemOf(paths, image),
  };
}

/** With all that lies beside the files, such as the subvolume that btrfs machines begin as. */
export async function bytesOfLayers({ paths, backend }: Domain, layers: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const folder of layers.map(paths.layer).filter((path) => existsSync(path))) {
    bytes += await backend.storage.bytesOf(folder);
  }
  return bytes;
}

function writtenAt(path: string): string {
  return (statSync(path, { throwIfNoEntry: false })?.mtime ?? new Date(0)).toISOString();
}
