/** Layers as the helper reads them (docs/launch-plan.md, "find" and "scan"). */
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BackendError } from '../../../backend.ts';
import { spawnHelper, waitForExit } from '../../helper-client.ts';
import { haveSameContent, openDirectoryOf } from './content.ts';
import type { FileEntry, FoundEntry, LayerEntry, TreeReader } from './tree-reader.ts';

export function createHelperReader(helperPath: string): TreeReader {
  return {
    scan: (layer, path) => scan(helperPath, layer, path),
    find: (stack, paths) => find(helperPath, stack, paths),
    haveSameContent,
  };
}

async function* scan(
  helperPath: string,
  layer: string,
  path: string,
): AsyncGenerator<LayerEntry, void, undefined> {
  const directory = await openDirectoryOf(layer, path);
  if (directory === undefined) return;
  try {
    // By its descriptor: no link of the machine's is on that way.
    const { child, failed } = spawnHelper(helperPath, ['scan', '/proc/self/fd/0/.'], {
      stdio: [directory.fd, 'pipe', 'pipe'],
    });
    const parents = [path];
    for await (const fields of recordsOf(child, failed)) {
      if (fields.number > 0) parents.length = fields.number;
      const here = join(parents.at(-1) ?? '', fields.name);
      if (fields.number > 0) parents.push(here);
      const { flags } = fields;
      yield { ...fields.entry, path: here, isWhiteout: flags.includes('w'), isOpaque: flags.includes('o') };
    }
  } finally {
    await directory.close();
  }
}

function join(parent: string, name: string): string {
  if (name === '') return parent;
  return parent === '' ? name : `${parent}/${name}`;
}

async function find(
  helperPath: string,
  stack: readonly string[],
  paths: readonly string[],
): Promise<readonly (FoundEntry | undefined)[]> {
  if (paths.length === 0) return [];
  const { child, failed } = spawnHelper(helperPath, ['find', ...stack], { stdio: ['pipe', 'pipe', 'pipe'] });
  // If it ends before it has read all, its answer says why.
  child.stdin?.on('error', () => {});
  child.stdin?.end(Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'));
  const found: (FoundEntry | undefined)[] = [];
  for await (const fields of recordsOf(child, failed)) {
    found.push(fields.isAbsent ? undefined : { ...fields.entry, layer: fields.number });
  }
  return found;
}

interface Fields {
  readonly isAbsent: boolean;
  /** scan: how deep; find: the layer. */
  readonly number: number;
  readonly name: string;
  readonly flags: string;
  readonly entry: FileEntry;
}

const TYPES: Readonly<Record<string, FileEntry['type']>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  p: 'fifo',
  s: 'socket',
  b: 'block',
  c: 'character',
};

/** Fields of an entry (src/backends/native/helper/tree/file_facts.c). */
const FIELDS = 15;

/** @throws BackendError when the helper failed or died before it said `end` */
async function* recordsOf(
  child: ChildProcess,
  failed: Promise<never>,
): AsyncGenerator<Fields, void, undefined> {
  const exit = waitForExit(child);
  const complaint = textOf(child.stderr as Readable);
  let pending: string[] = [];
  let hasEnded = false;
  for await (const field of fieldsOf(child.stdout as Readable)) {
    if (pending.length === 0 && field === 'end') hasEnded = true;
    else if (pending.length === 0 && field === '-') yield absent;
    else pending.push(field);
    if (pending.length < FIELDS) continue;
    yield entryOf(pending);
    pending = [];
  }
  const [{ code }, words] = await Promise.race([Promise.all([exit, complaint]), failed]);
  if (code !== 0 || !hasEnded) {
    throw new BackendError('failed', `the files could not be read: ${words.trim() || `exit code ${code}`}`);
  }
}

async function* fieldsOf(stream: Readable): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const chunk of stream) {
    const fields = (rest + (chunk as Buffer).toString('latin1')).split('\0');
    rest = fields.pop() ?? '';
    yield* fields;
  }
}

async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

const nothing: FileEntry = {
  type: 'file',
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  device: '',
  identity: '',
  target: '',
  attributes: '',
};
const absent: Fields = { isAbsent: true, number: 0, name: '', flags: '', entry: nothing };

function entryOf(fields: readonly string[]): Fields {
  const [number, name, type, mode, uid, gid, size, , device, identity, , , target, flags, digest] =
    fields as string[] & { readonly length: typeof FIELDS };
  return {
    isAbsent: false,
    number: Number(number),
    name: name ?? '',
    flags: flags ?? '',
    entry: {
      type: TYPES[type ?? ''] ?? 'file',
      mode: Number.parseInt(mode ?? '', 8),
      uid: Number(uid),
      gid: Number(gid),
      size: Number(size),
      device: device ?? '',
      identity: identity ?? '',
      target: target ?? '',
      attributes: digest ?? '',
    },
  };
}
