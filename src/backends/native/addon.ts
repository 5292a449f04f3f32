/**
 * What Node has no call for, done in this process by an addon of ours (helper/addon), which lies beside the helper. The helper can do the
 * same: it does where the addon cannot be loaded, and takes some milliseconds longer.
 */
import { dirname } from 'node:path';

/** System call, errno, path: as in a failure record of the helper. */
export type AddonFailure = readonly [syscall: string, errno: string, path: string];

export interface Addon {
  /** flock(2) LOCK_EX without waiting, of all or none: -1, or the number of the one that is locked already. */
  readonly lock: (fds: readonly number[]) => number | AddonFailure;
  /** As the helper's `like`. */
  readonly like: (directory: string, made: string) => undefined | AddonFailure;
  /** As the helper's `find`; paths are NUL-ended, and at least one. */
  readonly find: (layers: readonly string[], paths: Buffer) => Buffer | AddonFailure;
  /** syncfs(2): all that the file system of this directory has is on disk then. */
  readonly sync: (directory: string) => undefined | AddonFailure;
  /**
   * Reads a file of many directories from its beginning, each with one read(2), into as many equal shares of `room`. Here and in `links`
   * all text has one character a byte, and what cannot be looked at is told by -errno.
   * @param names paths below `directory`, each NUL-ended; an empty one is the directory itself
   * @param lengths is filled: bytes of each
   */
  readonly read: (
    directory: string,
    names: string,
    file: string,
    room: Buffer,
    lengths: Int32Array,
  ) => undefined;
  /** @param links is filled: st_nlink of each */
  readonly links: (directory: string, names: string, links: Int32Array) => undefined;
  /** The names of the directories in one, each NUL-ended; none if it cannot be read. */
  readonly directories: (directory: string) => string;
  /** A file as a string with one character a byte, mapped: it must stay as it is. Undefined if it cannot be had so. */
  readonly text: (path: string) => string | undefined;
  /** As setFlagsFromString of node:v8, which takes 2 ms to load. False if this Node has no such call for an addon. */
  readonly tune: (flags: string) => boolean;
}

const loaded = new Map<string, Addon | undefined>();

/** Undefined if there is none of ours that this Node can load: a helper from elsewhere, say, has no addon beside it, or one of an older build. */
export function addonBeside(helperPath: string): Addon | undefined {
  if (!loaded.has(helperPath)) loaded.set(helperPath, load(`${dirname(helperPath)}/tsmachine-addon.node`));
  return loaded.get(helperPath);
}

function load(path: string): Addon | undefined {
  const module: { exports: Partial<Addon> } = { exports: {} };
  try {
    process.dlopen(module, path);
    return typeof module.exports.tune === 'function' ? (module.exports as Addon) : undefined;
  } catch {
    return undefined;
  }
}

export function isFailure(answer: unknown): answer is AddonFailure {
  return Array.isArray(answer);
}
