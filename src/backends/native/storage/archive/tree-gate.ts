/**
 * What a root file system's tar may hold, which any program may have made, looked at before GNU tar sees it. As for imports, the wall is
 * where tar runs: this is for clear words, and for what would be too much.
 */
import { BackendError } from '../../../backend.ts';
import { LONGEST_PATH, shortText } from '../storage-error.ts';
import { pathText } from '../trees/tree-entries.ts';
import { add, type Bounds, checkBounds, LONGEST_FILE, TYPES } from './gate.ts';
import { createTarReader, type TarDialect, type TarEntry, type TarReader } from './tar-reader.ts';

const ANY_DIALECT: TarDialect = {
  any: true,
  hint: 'It must be a whole tar of a root file system, compressed with gzip, xz, zstd or not at all.',
};

/** A file of the oldest form, one that lies in one piece, and a sparse one. */
const FILE_TYPES = new Set(['0', '7', 'S']);

export function createTreeGate(bounds: Bounds): TarReader {
  let used = { bytes: 0, entries: 0 };
  return createTarReader(
    {
      entry(entry) {
        checkEntry(entry);
        used = add(used, entry);
        checkBounds(used, bounds);
      },
    },
    ANY_DIALECT,
  );
}

function checkEntry(entry: TarEntry): void {
  const { path, link, type, size, device, extended } = entry;
  const kind = FILE_TYPES.has(type) ? 'file' : TYPES[type];
  if (kind === undefined) throw refused(entry, `is of a kind that no root file system has ("${type}")`);
  checkPath(entry, path, '');
  if (kind === 'hard link') checkPath(entry, link, 'is a hard link that ');
  if (kind === 'device' && device === '0:0') throw refused(entry, 'is a whiteout of an overlay');
  if (kind !== 'file' && size > 0) throw refused(entry, `is a ${kind} with content`);
  for (const [key, value] of extended) checkExtended(entry, key, value);
}

function checkExtended(entry: TarEntry, key: string, value: string): void {
  if (key === 'GNU.sparse.name') checkPath(entry, value, '');
  if ((key === 'GNU.sparse.size' || key === 'GNU.sparse.realsize') && !(Number(value) <= LONGEST_FILE))
    throw refused(entry, 'is longer than any file can be');
}

function checkPath(entry: TarEntry, path: string, what: string): void {
  if (path.length > LONGEST_PATH) throw refused(entry, `${what}has a path of ${path.length} bytes`);
  if (path === '' || path.includes('\0')) throw refused(entry, `${what}has no usable name`);
  if (path.startsWith('/')) throw refused(entry, `${what}begins at the root of the host`);
  if (path.split('/').includes('..')) throw refused(entry, `${what}leads out of the archive`);
}

function refused({ path }: TarEntry, why: string): BackendError {
  const shown = shortText(pathText(path));
  return new BackendError('failed', `the archive is refused: "${shown}" ${why}`, {
    path: shown,
    hint: 'It may have been made to do harm; get it from elsewhere, or pack it anew with relative names (tar -C DIR -c .).',
  });
}
