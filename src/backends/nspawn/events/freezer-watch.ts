/** Freezing and thawing as the kernel tells it (cgroup.events, cgroups(7)): systemd sends no signal for it. */
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';

/** Of a host with cgroup v2 alone; others cannot freeze units. */
const CGROUPS = '/sys/fs/cgroup';

export interface FreezerWatch {
  isFrozen(): boolean;
  close(): void;
}

/** @param group of the unit, as its ControlGroup is; one that is gone is not frozen */
export function watchFreezer(group: string, changed: () => void): FreezerWatch {
  const file = join(CGROUPS, group, 'cgroup.events');
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(file, changed);
    watcher.on('error', () => watcher?.close());
  } catch {
    // Then nothing is told of freezing.
  }
  return {
    isFrozen: () => {
      try {
        return /^frozen 1$/m.test(readFileSync(file, 'utf8'));
      } catch {
        return false;
      }
    },
    close: () => watcher?.close(),
  };
}
