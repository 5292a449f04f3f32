/** What `tsmachine-helper scan` says about the files of a tree (docs/launch-plan.md, "Scan"). */
import { BackendError } from '../../../backend.ts';
import type { FileAttributes } from '../../../storage.ts';

export interface TreeEntry extends FileAttributes {
  /**
   * Relative to the tree, empty for its top. One character a BYTE (latin1), since a name need not be UTF-8: pathText shows it. Entries
   * come depth first, in byte order of the names in each directory, which is the order of these names as strings.
   */
  readonly path: string;
  /** 1 for what lies in the top. */
  readonly depth: number;
  /** Nanoseconds since 1970, more than a number holds exactly. */
  readonly modifiedNs: string;
  /** MAJOR:MINOR of a device node. */
  readonly device: string;
  /** The same for all names of one file. */
  readonly inode: string;
  readonly links: number;
  /** On disk. */
  readonly bytes: number;
  /** Of a symbolic link, a character a byte; else empty. */
  readonly target: string;
  /** Of a layer: hides what lies below. */
  readonly opaque: boolean;
  /** Of a layer: nothing is there. */
  readonly whiteout: boolean;
  /** Of a layer: depends on another place in the layers below. */
  readonly redirected: boolean;
  /** Of names and values of the extended attributes; `0` if there are none. */
  readonly xattrs: string;
}

/** For people: what is no UTF-8 becomes the replacement character. */
export function pathText(path: string): string {
  return pathBytes(path).toString('utf8');
}

/** For system calls. */
export function pathBytes(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

const FIELDS = 15;
const END = 'end';
/** Instead of a layer: the stack shows nothing there. */
const ABSENT = '-';

const TYPES: Readonly<Record<string, FileAttributes['type']>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  b: 'block',
  c: 'character',
};

/** @throws BackendError 'failed' if the stream was cut off or is not what the helper writes */
export async function* decodeEntries(stream: AsyncIterable<Buffer>): AsyncGenerator<TreeEntry> {
  const folders: string[] = [];
  for await (const fields of decodeFields(stream)) yield decodeEntry(fields, folders);
}

/** What `find` says, in the order in which it was asked; undefined where there is nothing. */
export async function* decodeFound(
  stream: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<(TreeEntry & { readonly layer: number }) | undefined> {
  for await (const fields of decodeFields(stream)) {
    if (fields[0] === ABSENT) yield undefined;
    else yield { ...decodeFacts(fields), path: '', depth: 0, layer: Number(fields[0]) };
  }
}

async function* decodeFields(
  stream: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<readonly string[]> {
  let strings: string[] = [];
  for await (const chunk of stream) {
    // The last string goes on in this chunk; then it is what follows the last NUL, and not whole either.
    const rest = strings.pop() ?? '';
    strings = strings.concat((rest + chunk.toString('latin1')).split('\0'));
    let at = 0;
    for (; at + FIELDS < strings.length; at += FIELDS) yield strings.slice(at, at + FIELDS);
    strings = strings.slice(at);
  }
  if (strings.length !== 2 || strings[0] !== END || strings[1] !== '')
    throw malformed('a list of files without its end');
}

function decodeEntry(fields: readonly string[], folders: string[]): TreeEntry {
  const [number, name] = fields as [string, string];
  const depth = Number(number);
  if (!(depth <= folders.length)) throw malformed('an entry of a list of files');
  const path = depth > 1 ? `${folders[depth - 1]}/${name}` : name;
  folders.length = depth;
  folders.push(path);
  return { ...decodeFacts(fields), path, depth };
}

function decodeFacts(fields: readonly string[]): Omit<TreeEntry, 'path' | 'depth'> {
  const field = (index: number): string => fields[index] as string;
  const flags = field(13);
  const type = TYPES[field(2)];
  if (type === undefined) throw malformed('an entry of a list of files');
  return {
    type,
    mode: Number.parseInt(field(3), 8),
    uid: Number(field(4)),
    gid: Number(field(5)),
    size: Number(field(6)),
    modifiedNs: field(7),
    device: field(8),
    inode: field(9),
    links: Number(field(10)),
    bytes: Number(field(11)) * 512,
    target: field(12),
    opaque: flags.includes('o'),
    whiteout: flags.includes('w'),
    redirected: flags.includes('r'),
    xattrs: field(14),
  };
}

function malformed(what: string): BackendError {
  return new BackendError('failed', `the helper's answer is malformed: ${what}`, {
    hint: 'Helper and program may be of different versions: run `npm run build` or install again.',
  });
}
