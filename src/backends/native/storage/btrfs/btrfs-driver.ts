/**
 * btrfs: each tree is a subvolume, and a copy of it is a snapshot that takes no time. The kernel takes a snapshot between two
 * transactions, with what was written until then: a running machine need not stand still, since it sees in a snapshot no less than after
 * a power cut at that moment, and nothing of what came later. Only one that has made subvolumes in itself stands still: they are taken
 * one after the other.
 */

import { type Hold, syncFileSystem } from '../copy-tree.ts';
import type { RunningMachines, StorageDriver } from '../driver.ts';
import { onlyLayer } from '../only-layer.ts';
import { treeRoot } from '../places.ts';
import { createTreeDriver } from '../tree-driver.ts';
import { examineBtrfs } from './examine-btrfs.ts';
import { isReadOnly } from './file-system.ts';
import { baseOf } from './layer-base.ts';
import { limitSubvolume } from './quota.ts';
import { snapshotSubvolume } from './snapshot.ts';
import { makeReadOnly } from './subvolumes.ts';

export function createBtrfsDriver(machines: RunningMachines, helperPath: string): StorageDriver {
  return createTreeDriver({
    name: 'btrfs',
    examine: examineBtrfs,
    async make(machine, target, work) {
      const base = await baseOf(helperPath, onlyLayer(machine), machine, work);
      await snapshotSubvolume(base, target, { helperPath, mode: 'read-write', signal: work.signal });
    },
    async copy(source, target, { signal }) {
      await snapshotSubvolume(source, target, { helperPath, mode: 'read-write', signal });
    },
    async take(machine, target, kind, { signal }) {
      // Refuses a machine that nobody looks after, as the other drivers do.
      machines.isRunning(machine);
      const mode = kind === 'kept' ? 'read-only' : 'read-write';
      const hold: Hold = (copy) => machines.whileStill(machine, copy);
      return await snapshotSubvolume(treeRoot(machine), target, { helperPath, mode, signal, hold });
    },
    async seal(tree) {
      if (isReadOnly(tree)) return;
      // A snapshot brings what is yet to be written to the disk; a subvolume that was moved has it in memory.
      await syncFileSystem(tree);
      await makeReadOnly(tree);
    },
    limitDisk: (machine, bytes) => limitSubvolume(treeRoot(machine), bytes),
  });
}
