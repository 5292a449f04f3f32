/** What can be done with states of files wherever they lie, and whoever's they are: it knows no machines and no drivers' places. */
import type { TreeStorage } from '../../storage.ts';
import { changesBetween, hasPath, readFileOf } from './diff/changes.ts';
import { copyPaths } from './diff/copy-paths.ts';
import { createHelperReader } from './diff/helper-reader.ts';
import { refuseMounts } from './refuse-mounts.ts';
import { removeTreeTelling } from './remove-tree.ts';
import { copyFiles } from './trees/copying.ts';
import { bytesOfEachTree, bytesOfTrees, sharesOfTrees } from './trees/sizes.ts';
import { surveyTree } from './trees/survey.ts';

export function createTreeStorage(helperPath: string): TreeStorage {
  const reader = createHelperReader(helperPath);
  return {
    changes: (from, to, below) => changesBetween(reader, from, to, below),
    has: (state, path) => hasPath(reader, state, path),
    readFile: (state, path, limit) => readFileOf(reader, state, path, limit),
    copyPaths: (state, paths, place, work) => copyPaths(helperPath, state, paths, place, work),
    async pack(request, work) {
      const { packStates } = await import('./archive/pack.ts');
      await packStates(helperPath, request, work);
    },
    async openArchive(input, work) {
      const { openArchive } = await import('./archive/unpack.ts');
      return await openArchive(helperPath, input, work);
    },
    async unpackTree(input, directory, maxBytes, work) {
      const { unpackTree } = await import('./archive/unpack-tree.ts');
      await unpackTree(helperPath, input, directory, maxBytes, work);
    },
    surveyTree: (directory, work) => surveyTree(helperPath, directory, work),
    async copyTree(source, target, { idsFrom, bytes }, { progress, signal }) {
      refuseMounts(source, 'copy');
      const onWritten = (done: number) =>
        progress({ done: Math.min(done, bytes), total: bytes, unit: 'bytes' });
      await copyFiles(helperPath, source, target, { signal, onWritten, idsFrom });
    },
    removeTree: (directory, work) => removeTreeTelling(helperPath, directory, work),
    sharesOf: (paths) => sharesOfTrees(helperPath, paths),
    bytesOf: (path) => bytesOfTrees(helperPath, [path]),
    bytesOfEach: (paths) => bytesOfEachTree(helperPath, paths),
  };
}
