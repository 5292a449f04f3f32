/** dir: plain directories, copied. Works on every file system, and shares blocks where that one can. */
import { copyTree } from '../copy-tree.ts';
import type { RunningMachines, StorageDriver } from '../driver.ts';
import { onlyLayer } from '../only-layer.ts';
import { treeRoot } from '../places.ts';
import { createTreeDriver } from '../tree-driver.ts';
import { examineCopies } from './examine-copies.ts';

export function createDirDriver(machines: RunningMachines, helperPath: string): StorageDriver {
  return createTreeDriver({
    name: 'dir',
    examine: examineCopies,
    async make(machine, target, work) {
      await copyTree(helperPath, onlyLayer(machine), target, work);
    },
    async copy(source, target, work) {
      await copyTree(helperPath, source, target, work);
    },
    take: (machine, target, _kind, work) =>
      copyTree(helperPath, treeRoot(machine), target, work, (copy) => machines.whileStill(machine, copy)),
    seal: async () => {},
  });
}
