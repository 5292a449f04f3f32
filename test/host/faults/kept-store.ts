/** What lies in a root folder after a fault, read as it is: which state holds which file, and whether anything is there that nothing names. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { StorageDriverName } from '../../../src/backends/machine-spec.ts';
import { isBtrfs } from '../../../src/backends/native/storage/btrfs/file-system.ts';
import { readReferences } from '../../../src/machines/layers/references.ts';
import { pathsOf } from '../../../src/machines/store/paths.ts';
import { parseEntry } from '../../../src/machines/trash/entries.ts';
import type { HostRoot } from '../../setup/with-root.ts';
import { expectConsistentStore } from './store-state.ts';

interface StoredStack {
  readonly driver: StorageDriverName;
  readonly layers: readonly string[];
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

export function snapshotsOf({ root }: HostRoot, machine: string): readonly string[] {
  const folder = `${root}/machines/${machine}/snapshots`;
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Directories of a state, top first: of NAME, or of NAME@SNAPSHOT. */
function stackOf({ root }: HostRoot, state: string): readonly string[] {
  const [name = '', snapshot] = state.split('@');
  const machine = `${root}/machines/${name}`;
  const folder = snapshot === undefined ? `${machine}/storage` : `${machine}/snapshots/${snapshot}`;
  const config =
    snapshot === undefined ? json(`${machine}/config.json`) : json(`${folder}/snapshot.json`).config;
  const { driver, layers }: StoredStack = config.storage;
  if (driver !== 'overlay') return [`${folder}/root`];
  const lower = layers.map((id) => `${root}/layers/${id}/fs`);
  return snapshot === undefined ? [`${folder}/upper`, ...lower] : lower;
}

/** The text of a file in a state, as a machine would see it; undefined if it does not. */
export function textIn(place: HostRoot, state: string, path: string): string | undefined {
  for (const directory of stackOf(place, state)) {
    // A layer that is missing is an error, not a file that is missing.
    lstatSync(directory);
    const status = lstatSync(join(directory, path), { throwIfNoEntry: false });
    if (status?.isCharacterDevice()) return undefined;
    if (status !== undefined) return readFileSync(join(directory, path), 'utf8');
  }
  return undefined;
}

/** Of a machine that is stopped. */
export function writeIn(place: HostRoot, machine: string, path: string, text: string): void {
  const file = join(stackOf(place, machine)[0] ?? '', path);
  mkdirSync(dirname(file), { recursive: true });
  // File systems hurry with a file that is written again, as they do not with a new one.
  rmSync(file, { force: true });
  writeFileSync(file, text);
}

const partsOfMachine = [
  'config.json',
  'config.json.previous',
  'storage',
  'snapshots',
  'plan',
  'console.log',
  'exit',
];

/** Everything that is there is named by something, everything that is named is there, and nothing is half made. */
export function expectNothingLeaked(place: HostRoot, when = ''): void {
  expectConsistentStore(place, when);
  const { root } = place;
  const paths = pathsOf(root, `${root}/run`);
  const { stacks, unreadable } = readReferences(paths);
  expect(unreadable, when).toEqual([]);
  const named = new Set(stacks.flatMap(({ layers }) => layers));
  expect(readdirSync(paths.layers).sort(), `${when} layers`).toEqual([...named].sort());
  for (const machine of readdirSync(paths.machines)) expectWholeMachine(paths.machine(machine), when);
  for (const entry of existsSync(paths.trash) ? readdirSync(paths.trash) : []) {
    const kind = parseEntry(entry)?.kind;
    expect(kind, `${when} ${entry}`).toBeDefined();
    if (kind === 'machine') expectWholeMachine(join(paths.trash, entry), when);
    else if (kind === 'paths') expectWholePaths(join(paths.trash, entry), when);
    else expectWholeSnapshot(join(paths.trash, entry), when);
  }
  if (isBtrfs(root)) expect(strayVolumes(root), `${when} subvolumes`).toEqual([]);
}

function expectWholeMachine(folder: string, when: string): void {
  const { driver } = json(join(folder, 'config.json')).storage;
  expect(
    entriesOf(folder).filter((name) => !partsOfMachine.includes(name)),
    when,
  ).toEqual([]);
  const parts = driver === 'overlay' ? ['upper', 'work'] : ['root'];
  expect(readdirSync(join(folder, 'storage')).sort(), `${when} ${folder}`).toEqual(parts);
  for (const snapshot of entriesOf(join(folder, 'snapshots'))) {
    expectWholeSnapshot(join(folder, 'snapshots', snapshot), when);
  }
}

function expectWholeSnapshot(folder: string, when: string): void {
  const { driver } = json(join(folder, 'snapshot.json')).config.storage;
  const parts = driver === 'overlay' ? ['snapshot.json'] : ['root', 'snapshot.json'];
  expect(entriesOf(folder).sort(), `${when} ${folder}`).toEqual(parts);
}

function expectWholePaths(folder: string, when: string): void {
  expect(entriesOf(folder).sort(), `${when} ${folder}`).toEqual(['paths.json', 'root']);
}

/** Sizes that were measured once, and what went on from a removed snapshot: they may be there or not. */
const notes = ['bytes', 'bytes-in-trash', 'handed-on.json', 'removed-by'];

function entriesOf(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => !notes.includes(name)) : [];
}

function strayVolumes(root: string): readonly string[] {
  const list = execFileSync('btrfs', ['subvolume', 'list', root], { encoding: 'utf8' });
  const meant =
    /^root\/(layers\/[0-9a-z-]+\/subvolume|(machines|trash)\/[^/]+\/(storage\/|snapshots\/[^/]+\/)?root)$/;
  return list
    .split('\n')
    .map((line) => line.replace(/^.* path /, ''))
    .filter((path) => path !== '' && !meant.test(path));
}
