/**
 * What an archive may hold, looked at before tar sees it. The wall is where tar runs (unpack.ts): this is for clear words, and for what
 * would be too much.
 */
import { BackendError } from '../../../backend.ts';
import { LONGEST_PATH, shortText } from '../storage-error.ts';
import { pathText } from '../trees/tree-entries.ts';
import { KEPT_ATTRIBUTES } from './tar-command.ts';
import { STATES } from './tar-format.ts';
import { createTarReader, type TarEntry, type TarReader } from './tar-reader.ts';

export interface Bounds {
  readonly bytes: number;
  readonly entries: number;
  /** Why it is not more, for a person. */
  readonly reason: string;
}

/** What a file takes at least, however empty. */
const ENTRY_BYTES = 4096;
/** More than a file can be long on ext4. */
export const LONGEST_FILE = 16 * 2 ** 40;

export const TYPES: Readonly<Record<string, string>> = {
  '0': 'file',
  '1': 'hard link',
  '2': 'symbolic link',
  '3': 'device',
  '4': 'device',
  '5': 'directory',
  '6': 'fifo',
};

const KEYS = new Set([
  'path',
  'linkpath',
  'size',
  'mtime',
  'uid',
  'gid',
  'SCHILY.acl.access',
  'SCHILY.acl.default',
  'GNU.sparse.size',
  'GNU.sparse.numblocks',
  'GNU.sparse.offset',
  'GNU.sparse.numbytes',
]);

const ATTRIBUTE = 'SCHILY.xattr.';

/** The first entry is the manifest, which is known already. */
export function createGate(states: number, bounds: Bounds): TarReader {
  let used = { bytes: 0, entries: 0 };
  return createTarReader({
    entry(entry) {
      if (used.entries > 0) checkEntry(entry, states);
      used = add(used, entry);
      checkBounds(used, bounds);
    },
  });
}

function checkEntry(entry: TarEntry, states: number): void {
  const type = TYPES[entry.type];
  if (type === undefined) throw refused(entry, 'is of a kind that no export has');
  // What tar unpacks it opens by its path.
  if (entry.path.length > LONGEST_PATH) throw tooDeep(entry);
  const state = stateOf(entry.path);
  if (state === undefined) throw refused(entry, 'does not lie in a state');
  if (state >= states) throw refused(entry, `belongs to none of its ${states} states`);
  if (type === 'hard link' && stateOf(entry.link) !== state)
    throw refused(entry, 'is a hard link to elsewhere');
  if (type === 'device' && entry.device === '0:0') throw refused(entry, 'is a whiteout of an overlay');
  if (type !== 'file' && entry.size > 0) throw refused(entry, `is a ${type} with content`);
  for (const [key, value] of entry.extended) checkKey(entry, key, value);
}

function checkKey(entry: TarEntry, key: string, value: string): void {
  if (key.startsWith(ATTRIBUTE)) {
    if (isKept(key.slice(ATTRIBUTE.length))) return;
    throw refused(entry, `has the extended attribute ${key.slice(ATTRIBUTE.length)}`);
  }
  if (!KEYS.has(key)) throw refused(entry, `has ${key}, which no export has`);
  if (key === 'GNU.sparse.size' && !(Number(value) <= LONGEST_FILE)) {
    throw refused(entry, 'is longer than any file can be');
  }
}

function isKept(attribute: string): boolean {
  return KEPT_ATTRIBUTES.some((pattern) =>
    pattern.endsWith('*') ? attribute.startsWith(pattern.slice(0, -1)) : attribute === pattern,
  );
}

/** The number of the state in which a path lies; undefined for any that may lead elsewhere. */
function stateOf(path: string): number | undefined {
  const [top, state = '', ...names] = path.replace(/\/$/, '').split('/');
  const isPlain = names.every((name) => name !== '' && name !== '.' && name !== '..') && !path.includes('\0');
  return top === STATES && /^(0|[1-9]\d{0,5})$/.test(state) && isPlain ? Number(state) : undefined;
}

export function add(used: Pick<Bounds, 'bytes' | 'entries'>, { size, extendedBytes }: TarEntry) {
  const content = Math.ceil(size / ENTRY_BYTES) * ENTRY_BYTES;
  return { bytes: used.bytes + content + extendedBytes + ENTRY_BYTES, entries: used.entries + 1 };
}

export function checkBounds(
  used: Pick<Bounds, 'bytes' | 'entries'>,
  { bytes, entries, reason }: Bounds,
): void {
  if (used.bytes <= bytes && used.entries <= entries) return;
  const what = used.bytes > bytes ? sizeWords(bytes) : `${entries} files`;
  throw new BackendError('failed', `the archive holds more than ${what}, ${reason}`, {
    hint: 'If you trust it, give a higher --max-size, or free some disk space.',
  });
}

function tooDeep({ path }: TarEntry): BackendError {
  const shown = shortText(pathText(path));
  return new BackendError('unsupported', `the archive has a path of ${path.length} bytes: "${shown}"`, {
    path: shown,
    hint: `Up to ${LONGEST_PATH} can be unpacked: move it further up in the machine, and export that again; a clone needs no archive.`,
  });
}

function refused({ path }: TarEntry, why: string): BackendError {
  return new BackendError('failed', `the archive is refused: "${shortText(pathText(path))}" ${why}`, {
    path: pathText(path),
    hint: 'Only archives made by `tsmachine export` can be imported, whole and unchanged.',
  });
}

/** On a disk that is nearly full the bound is small. */
function sizeWords(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.floor(bytes / 1024)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
