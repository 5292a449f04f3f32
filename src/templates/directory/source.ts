/** The directory that a person names: what it must not be, however it is meant. */
import { existsSync, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TemplateContext } from '../template.ts';
import { TemplateError } from '../template-error.ts';
import { looksLikeRoot } from '../trees/looks-like-root.ts';

export interface DirectoryOptions {
  /** Absolute, without symbolic links. */
  readonly from: string;
  readonly takeOver: boolean;
  readonly init: string;
}

/** @throws TemplateError */
export function readOptions({ options, storeDirectories }: TemplateContext): DirectoryOptions {
  const { from = '', 'take-over': takeOver = 'no', init = '' } = options;
  if (from === '') {
    throw new TemplateError('it is not said which directory', {
      usage: true,
      hint: '-- --from /srv/rootfs',
    });
  }
  if (takeOver !== 'yes' && takeOver !== 'no') {
    throw new TemplateError(`take-over=${takeOver}: neither yes nor no`, {
      usage: true,
      hint: '-- --take-over yes',
    });
  }
  return { from: requireDirectory(resolve(from), storeDirectories), takeOver: takeOver === 'yes', init };
}

function requireDirectory(given: string, store: readonly string[]): string {
  const status = lookAt(given);
  if (!status.isDirectory()) {
    throw new TemplateError(`${given} is ${status.isSymbolicLink() ? 'a symbolic link' : 'no directory'}`, {
      hint: 'name the directory itself; for an archive take the template tarball',
    });
  }
  const from = realpathSync(given);
  refuseStore(from, store);
  if (!looksLikeRoot(from)) {
    throw new TemplateError(`${from} is no root file system: it has none of usr, bin, sbin and etc`, {
      hint: 'name the directory that will be / in the machine (of an LXC container its rootfs)',
    });
  }
  refuseInUse(from);
  return from;
}

function refuseStore(from: string, store: readonly string[]): void {
  const real = store.filter((path) => existsSync(path)).map((path) => realpathSync(path));
  const isIn = (path: string, directory: string) => `${path}/`.startsWith(`${directory}/`);
  if (from === '/' || real.some((path) => isIn(path, from))) {
    throw new TemplateError(`${from} holds what tsmachine keeps`, {
      hint: 'a machine would have all machines in it: name a root file system that lies by itself',
    });
  }
  if (real.some((path) => isIn(from, path))) {
    throw new TemplateError(`${from} belongs to a machine`, {
      hint: '`tsmachine clone` makes another machine of one',
    });
  }
}

function lookAt(path: string): Stats {
  try {
    return lstatSync(path);
  } catch (cause) {
    throw new TemplateError(`cannot look at ${path}: ${(cause as NodeJS.ErrnoException).code}`, {
      hint: 'name a directory that there is',
      cause,
    });
  }
}

/** A container that runs from it has it mounted where we do not see that; but its processes have it as their root. */
function refuseInUse(from: string): void {
  const { dev, ino } = statSync(from);
  const user = readdirSync('/proc').find((name) => /^\d+$/.test(name) && isRootOf(name, dev, ino));
  if (user === undefined) return;
  throw new TemplateError(`${from} is the root directory of process ${user}, which runs`, {
    hint: 'stop the container or the chroot first, so that the copy is of one moment',
  });
}

function isRootOf(pid: string, dev: number, ino: number): boolean {
  try {
    const root = statSync(`/proc/${pid}/root/.`);
    return root.dev === dev && root.ino === ino;
  } catch {
    // It has ended, or has no root any more.
    return false;
  }
}
