/** What is in images: the native backend's work on trees, which is about files and not about its machines. */
import { lstatSync } from 'node:fs';
import type { ManagedTrees } from '../../manager/trees.ts';
import { filesOfTree, revertPath } from '../../native/storage/diff/revert.ts';
import { renewIdentity, writeIdentity, writeNewIdentity } from '../../native/storage/identity.ts';
import { createTreeStorage } from '../../native/storage/tree-storage.ts';
import type { NspawnContext } from '../context.ts';
import { assemble } from './assemble.ts';
import { shiftOf } from './shift.ts';

export function createTrees({ folders: { helperPath } }: Pick<NspawnContext, 'folders'>): ManagedTrees {
  return {
    ...createTreeStorage(helperPath),
    firstId: (tree) => {
      const { uid, gid } = lstatSync(tree);
      return shiftOf(uid, gid)?.base ?? 0;
    },
    writeNewIdentity: (tree, identity) => writeNewIdentity(helperPath, identity, [tree]),
    writeHostname: (tree, hostname) => writeIdentity(helperPath, { hostname }, [tree]),
    renewIdentity: (tree, identity) => renewIdentity(helperPath, identity, [tree]),
    revertTree: (tree, path, from, { name }, work) =>
      revertPath(helperPath, filesOfTree(name, tree), path, from, work),
    assemble: (states, target, workDirectory, work) =>
      assemble({ helperPath, states, target, workDirectory, work }),
  };
}
