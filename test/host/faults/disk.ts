/**
 * A disk whose power can be cut: a file system in a file, by a loop device. What the file holds at one moment is what has reached the disk;
 * the rest is in the kernel's memory, and would be lost. (What a real disk keeps in its own cache is not seen here.)
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMark } from '../../setup/test-run.ts';

const SIZE = '192M';

export interface Disk {
  /** Where it is mounted: a folder of ours in it. */
  readonly root: string;
  /** The disk as it would be found after a power cut now; `look` gets the folder of ours in it. */
  afterPowerCut(look: (root: string) => Promise<void>): Promise<void>;
  /** Goes on with what has reached the disk, at the same place. Nothing of it may be in use. */
  cutPower(): void;
  /** Goes back to what is on it now. */
  remember(): { goBack(): void };
  /** Unmounts and removes all. */
  remove(): void;
}

export function createDisk(kind: 'ext4' | 'btrfs' = 'ext4'): Disk {
  const folder = mkdtempSync(join(tmpdir(), `${runMark()}-disk-`));
  const image = join(folder, 'image');
  const mounted = join(folder, 'mounted');
  execFileSync('truncate', ['--size', SIZE, image]);
  const options = kind === 'ext4' ? ['-E', 'lazy_itable_init=0,lazy_journal_init=0'] : [];
  execFileSync(`mkfs.${kind}`, ['-q', ...options, image]);
  mountImage(image, mounted);
  const root = join(mounted, 'root');
  mkdirSync(root);
  execFileSync('sync', ['--file-system', root]);
  // Never two at once: before Linux 6.7 there cannot be two mounted btrfs with one id.
  const exchange = (other: string) => {
    execFileSync('umount', [mounted]);
    renameSync(other, image);
    mountImage(image, mounted);
  };
  return {
    root,
    async afterPowerCut(look) {
      const copy = join(folder, 'copy');
      const found = join(folder, 'found');
      copyImage(image, copy);
      // Replays the journal, as after a real cut.
      mountImage(copy, found);
      try {
        await look(join(found, 'root'));
      } finally {
        execFileSync('umount', [found]);
        rmSync(copy);
      }
    },
    cutPower() {
      copyImage(image, `${image}.cut`);
      exchange(`${image}.cut`);
    },
    remember() {
      execFileSync('sync', ['--file-system', root]);
      const memory = `${image}.remembered`;
      copyImage(image, memory);
      return {
        goBack() {
          copyImage(memory, `${image}.back`);
          exchange(`${image}.back`);
        },
      };
    },
    remove() {
      execFileSync('umount', [mounted]);
      rmSync(folder, { recursive: true });
    },
  };
}

function copyImage(from: string, to: string): void {
  execFileSync('cp', ['--sparse=always', from, to]);
}

function mountImage(image: string, place: string): void {
  mkdirSync(place, { recursive: true });
  execFileSync('mount', ['-o', 'loop', image, place]);
}
