import { readFileSync, statfsSync } from 'node:fs';
import { release } from 'node:os';
import { existingAncestor } from '../directories.ts';
import type { Fitness } from '../driver.ts';

/** File systems of statfs(2) that overlayfs takes no changes on: no whiteouts, or no trusted.* attributes. */
const UNFIT: Readonly<Record<number, string>> = {
  2035054128: 'an overlay',
  26985: 'NFS',
  19780: 'FAT',
  1702057286: 'FUSE',
  16914839: '9p',
};

/** Needs the kernel's overlayfs, and a file system below it that it can write changes to. */
export async function examineOverlay(root: string): Promise<Fitness> {
  const folder = existingAncestor(root);
  const unfit = UNFIT[statfsSync(folder).type];
  if (unfit !== undefined) {
    return {
      works: false,
      detail: `${folder} lies on ${unfit}, which overlayfs writes no changes to`,
      fix: 'Choose a folder on a disk with --root, or --storage dir.',
    };
  }
  if (!kernelHasOverlay()) {
    return {
      works: false,
      detail: 'the kernel has no overlayfs',
      fix: 'modprobe overlay, or use --storage dir.',
    };
  }
  return { works: true, detail: 'works; snapshots are layers that share what did not change' };
}

/** Loaded, or there to be loaded by the first mount. */
function kernelHasOverlay(): boolean {
  const modules = `/lib/modules/${release()}`;
  return [
    ['/proc/filesystems', /\toverlay$/m],
    [`${modules}/modules.builtin`, /\/overlay\.ko/],
    [`${modules}/modules.dep`, /\/overlay\.ko/],
  ].some(([file, pattern]) => (pattern as RegExp).test(read(file as string)));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
