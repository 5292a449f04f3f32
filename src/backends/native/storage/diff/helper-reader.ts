/** Layers as the helper reads them. */
import { closeSync } from 'node:fs';
import { compareFiles, findInStack, scanTree } from '../trees/looking.ts';
import type { TreeEntry } from '../trees/tree-entries.ts';
import { openDirectoryOf } from './content.ts';
import type { TreeReader } from './tree-reader.ts';

export function createHelperReader(helperPath: string): TreeReader {
  return {
    scan: (layer, path) => scan(helperPath, layer, path),
    find: (stack, paths) => findInStack(helperPath, stack, paths),
    haveSameContent: (pairs) => compareFiles(helperPath, pairs),
  };
}

async function* scan(helperPath: string, layer: string, path: string): AsyncGenerator<TreeEntry> {
  const directory = openDirectoryOf(layer, path);
  if (directory === undefined) return;
  try {
    // By its descriptor: no link of the machine's is on that way.
    const top = `/proc/${process.pid}/fd/${directory}/.`;
    for await (const entry of scanTree(helperPath, top)) yield { ...entry, path: join(path, entry.path) };
  } finally {
    closeSync(directory);
  }
}

function join(parent: string, below: string): string {
  if (parent === '' || below === '') return parent + below;
  return `${parent}/${below}`;
}
