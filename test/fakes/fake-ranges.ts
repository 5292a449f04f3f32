/** Id ranges as files, ids/BASE with the owner's name in it, each there whole or not at all: several processes take them at once. */
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Backend, BackendError, type IdRange } from '../../src/backends/backend.ts';

const RANGE = 65_536;

type Ranges = Pick<Backend, 'allocateIdRange' | 'releaseIdRange' | 'renameIdRange' | 'idRangesOf'>;

export function createFakeRanges(ids: string, call: (verb: string, words: string) => void): Ranges {
  /** A file of the owner's name, which readers pass over. */
  function note(name: string): string {
    mkdirSync(ids, { recursive: true });
    const path = join(ids, `.${name}.${process.pid}`);
    writeFileSync(path, name);
    return path;
  }

  function bases(): readonly string[] {
    mkdirSync(ids, { recursive: true });
    return readdirSync(ids).filter((base) => !base.startsWith('.'));
  }

  return {
    async allocateIdRange(name) {
      call('allocateIdRange', name);
      const noted = note(name);
      try {
        for (let base = 100_000; ; base += RANGE) {
          if (taken(noted, join(ids, String(base)))) return { base, count: RANGE };
        }
      } finally {
        rmSync(noted);
      }
    },
    async releaseIdRange(range, name) {
      call('releaseIdRange', name);
      requireOwner(ids, range, [name]);
      rmSync(join(ids, String(range.base)));
    },
    async renameIdRange(range, name, newName) {
      call('renameIdRange', `${name} ${newName}`);
      requireOwner(ids, range, [name, newName]);
      renameSync(note(newName), join(ids, String(range.base)));
    },
    async idRangesOf(name) {
      return bases()
        .filter((base) => ownerOf(join(ids, base)) === name)
        .map((base) => ({ base: Number(base), count: RANGE }));
    },
  };
}

function taken(noted: string, path: string): boolean {
  try {
    linkSync(noted, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined if another process gave it back meanwhile. */
function ownerOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function requireOwner(ids: string, range: IdRange, names: readonly string[]): void {
  const owner = readFileSync(join(ids, String(range.base)), 'utf8');
  if (!names.includes(owner)) {
    throw new BackendError('failed', `the id range ${range.base} is not ${names[0]}'s but ${owner}'s`);
  }
}
