/** Trees of a fake manager: whole directories, by plain calls of Node. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ManagedTrees } from '../../src/backends/manager/trees.ts';
import type { FileAttributes, FileChange, FileState } from '../../src/backends/storage.ts';

export function createFakeTrees(call: (verb: string, name: string) => void): ManagedTrees {
  const unused = () => {
    throw new Error('the fake trees have no such thing');
  };
  return {
    async *changes(from, to, below = '/') {
      for (const path of pathsOf(from, to, below)) {
        const change = changeOf(from, to, path);
        if (change !== undefined) yield change;
      }
    },
    has: async (state, path) => existsSync(placeIn(state, path)),
    async readFile(state, path, limit) {
      const place = placeIn(state, path);
      const stat = statSync(place, { throwIfNoEntry: false });
      return stat?.isFile() && stat.size <= limit ? readFileSync(place) : undefined;
    },
    async copyPaths(state, paths, { tree }, { signal }) {
      mkdirSync(tree);
      for (const path of paths) copyIfThere(placeIn(state, path), join(tree, path));
      signal.throwIfAborted();
    },
    async revertTree(tree, path, from, _about, { signal }) {
      call('revertTree', path);
      signal.throwIfAborted();
      rmSync(join(tree, path), { recursive: true, force: true });
      copyIfThere(placeIn(from, path), join(tree, path));
    },
    firstId: () => 0,
    writeNewIdentity: async (tree, identity) => writeIdentity(tree, identity),
    writeHostname: async (tree, hostname) => writeIdentity(tree, { hostname }),
    async renewIdentity(tree, identity) {
      call('renewIdentity', identity.hostname);
      writeIdentity(tree, identity);
    },
    assemble: unused,
    surveyTree: unused,
    pack: unused,
    openArchive: unused,
    unpackTree: unused,
    async copyTree(source, target) {
      cpSync(source, target, { recursive: true });
    },
    async removeTree(directory) {
      rmSync(directory, { recursive: true, force: true });
    },
    bytesOf: async (path) => bytesOf(path),
    bytesOfEach: async (paths) => paths.map((path) => (existsSync(path) ? bytesOf(path) : undefined)),
    sharesOf: async (paths) => ({
      ownBytes: paths.reduce((sum, path) => sum + bytesOf(path), 0),
      sharedBytes: 0,
    }),
  };
}

function writeIdentity(
  tree: string,
  { hostname, machineId }: { hostname: string; machineId?: string },
): void {
  mkdirSync(join(tree, 'etc'), { recursive: true });
  writeFileSync(join(tree, 'etc/hostname'), `${hostname}\n`);
  if (machineId !== undefined) writeFileSync(join(tree, 'etc/machine-id'), `${machineId}\n`);
}

function placeIn({ layers, tree }: FileState, path: string): string {
  return join(tree ?? layers[0] ?? '/nowhere', path);
}

function pathsOf(from: FileState, to: FileState, below: string): readonly string[] {
  const all = [from, to].flatMap((state) => {
    const top = placeIn(state, below);
    if (!statSync(top, { throwIfNoEntry: false })?.isDirectory()) return [below];
    return [below, ...readdirSync(top, { recursive: true }).map((path) => join(below, String(path)))];
  });
  return [...new Set(all)].sort();
}

function changeOf(from: FileState, to: FileState, path: string): FileChange | undefined {
  const [before, after] = [attributesOf(placeIn(from, path)), attributesOf(placeIn(to, path))];
  const kind = kindOf(before, after, () => {
    const [one, other] = [placeIn(from, path), placeIn(to, path)];
    return readFileSync(one).equals(readFileSync(other));
  });
  return kind === undefined ? undefined : { path, kind, before, after };
}

function kindOf(
  before: FileAttributes | undefined,
  after: FileAttributes | undefined,
  areSame: () => boolean,
): FileChange['kind'] | undefined {
  if (before === undefined) return after === undefined ? undefined : 'added';
  if (after === undefined) return 'deleted';
  if (before.type !== after.type) return 'type';
  return before.type === 'directory' || areSame() ? undefined : 'modified';
}

function attributesOf(place: string): FileAttributes | undefined {
  const stat = statSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const type = stat.isDirectory() ? 'directory' : 'file';
  return { type, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, size: stat.size };
}

function copyIfThere(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true });
}

function bytesOf(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
