/**
 * Paths in a tree that somebody else made, as a process with this root would follow them: no symbolic link leads out of it. For a tree
 * that nobody changes meanwhile.
 */
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/** Where a path (absolute inside) leads, absolute inside; undefined if there is nothing, or it leads in a circle. */
export function resolveInRoot(root: string, path: string): string | undefined {
  const left = namesOf(path);
  let at: readonly string[] = [];
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    if (name === '..') {
      at = at.slice(0, -1);
      continue;
    }
    const next = [...at, name];
    const target = linkOf(join(root, ...next));
    if (target === 'nothing') return undefined;
    if (target === undefined) {
      at = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return undefined;
    left.unshift(...namesOf(target));
    if (target.startsWith('/')) at = [];
  }
  return `/${at.join('/')}`;
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** Undefined of what is no link. */
function linkOf(path: string): string | 'nothing' | undefined {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 'nothing';
  return status.isSymbolicLink() ? readlinkSync(path) : undefined;
}
