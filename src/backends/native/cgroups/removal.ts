/** Removing a machine's groups, with those that its init made below. */
import { readdirSync, rmdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { groupDirectories } from './groups.ts';
import type { CgroupLayout } from './layout.ts';

/** A group whose last process just ended stays busy until the kernel has reaped it. */
const ATTEMPTS = 40;
const PAUSE_MS = 5;

/** Removes the machine's empty groups; returns those that were still busy. */
export async function removeGroups(
  layout: CgroupLayout,
  parent: string,
  name: string,
): Promise<readonly string[]> {
  let left = groupDirectories(layout, parent, name);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    left = left.filter((group) => !removeTree(group));
    if (left.length === 0) break;
    await delay(PAUSE_MS);
  }
  return left;
}

/** A group's files cannot be unlinked: only rmdir from the leaves up works. */
function removeTree(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(`${group}/${entry.name}`);
    }
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
