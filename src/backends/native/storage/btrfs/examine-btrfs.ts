import { existingAncestor } from '../directories.ts';
import type { Fitness } from '../driver.ts';
import { toolPath } from '../tool.ts';
import { isBtrfs } from './file-system.ts';

/** Needs its root folder on btrfs, and the tool of btrfs-progs. */
export async function examineBtrfs(root: string): Promise<Fitness> {
  const folder = existingAncestor(root);
  if (!isBtrfs(folder)) {
    return {
      works: false,
      detail: `${root} does not lie on btrfs`,
      fix: 'Choose a folder on a btrfs file system with --root, or another driver with --storage.',
    };
  }
  if (toolPath('btrfs') === undefined) {
    return { works: false, detail: 'there is no btrfs tool', fix: 'Install the package btrfs-progs.' };
  }
  return { works: true, detail: `works; ${folder} lies on btrfs` };
}
