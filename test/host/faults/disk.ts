/**
 * A disk whose power can be cut: ext4 in a file, by a loop device. What the file holds at one moment is what has reached the disk;
 * the rest is in the kernel's memory, and would be lost. (What a real disk keeps in its own cache is not seen here.)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMark } from '../../setup/test-run.ts';

const SIZE = '192M';

export interface Disk {
  /** Where it is mounted: a folder of ours in it. */
  readonly root: string;
  /** The disk as it would be found after a power cut now; `look` gets the folder of ours in it. */
  afterPowerCut(look: (root: string) => Promise<void>): Promise<void>;
  /** Unmounts and removes all. */
  remove(): void;
}

export function createDisk(): Disk {
  const folder = mkdtempSync(join(tmpdir(), `${runMark()}-disk-`));
  const image = join(folder, 'image');
  const mounted = join(folder, 'mounted');
  execFileSync('truncate', ['--size', SIZE, image]);
  execFileSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
  mountImage(image, mounted);
  const root = join(mounted, 'root');
  mkdirSync(root);
  execFileSync('sync', ['--file-system', root]);
  return {
    root,
    async afterPowerCut(look) {
      const copy = join(folder, 'copy');
      const found = join(folder, 'found');
      execFileSync('cp', ['--sparse=always', image, copy]);
      // Replays the journal, as after a real cut.
      mountImage(copy, found);
      try {
        await look(join(found, 'root'));
      } finally {
        execFileSync('umount', [found]);
        rmSync(copy);
      }
    },
    remove() {
      execFileSync('umount', [mounted]);
      rmSync(folder, { recursive: true });
    },
  };
}

function mountImage(image: string, place: string): void {
  mkdirSync(place, { recursive: true });
  execFileSync('mount', ['-t', 'ext4', '-o', 'loop', image, place]);
}
