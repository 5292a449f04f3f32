/**
 * What `find` and the comparison of states say is what the kernel's overlay shows: for files that are made, changed, linked,
 * moved and removed at random in real overlays, generation upon generation.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import { changesBetween } from '../../../src/backends/native/storage/diff/changes.ts';
import { createHelperReader } from '../../../src/backends/native/storage/diff/helper-reader.ts';
import { createNativeStorage } from '../../../src/backends/native/storage/native-storage.ts';
import type { BackendStorage, FileState, StorageProgress } from '../../../src/backends/storage.ts';
import { quietWork } from '../../../src/machines/work/quiet-work.ts';
import { machineSpec } from '../../backends/native/machine-spec.ts';
import { runMark } from '../../setup/test-run.ts';
import { HELPER } from '../native-machine.ts';

const GENERATIONS = 5;
const DEEDS = 60;
const NAMES = ['a', 'b', 'c', 'a-b'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), `${runMark()}-`));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The same numbers for the same seed (Park and Miller). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

/** Does something to the tree; what cannot be done there is not done. */
function doSomething(top: string, random: (below: number) => number): void {
  const some = () => {
    const depth = 1 + random(3);
    return join(top, ...Array.from({ length: depth }, () => NAMES[random(NAMES.length)] ?? 'a'));
  };
  const deeds: readonly (() => void)[] = [
    () => mkdirSync(some(), { recursive: true }),
    () => mkdirSync(some(), { recursive: true }),
    () => writeFileSync(some(), `text ${random(3)}`),
    () => writeFileSync(some(), `text ${random(3)}`),
    () => symlinkSync(`/target/${random(3)}`, some()),
    () => rmSync(some(), { recursive: true }),
    () => renameSync(some(), some()),
    () => linkSync(some(), some()),
    () => chmodSync(some(), [0o600, 0o644, 0o755][random(3)] ?? 0o600),
  ];
  try {
    deeds[random(deeds.length)]?.();
  } catch {}
}

function inOverlay(layers: readonly string[], upper: string, work: (merged: string) => void): void {
  const [merged, workdir] = [join(folder, 'merged'), join(folder, 'work')];
  for (const path of [merged, workdir, upper]) mkdirSync(path, { recursive: true });
  const options = `lowerdir=${layers.join(':')},upperdir=${upper},workdir=${workdir}`;
  execFileSync('mount', ['-t', 'overlay', '-o', options, 'overlay', merged]);
  try {
    work(merged);
  } finally {
    execFileSync('umount', [merged]);
    rmSync(workdir, { recursive: true });
  }
}

function pathsOf(top: string, below = ''): readonly string[] {
  return readdirSync(join(top, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? [path, ...pathsOf(top, path)] : [path];
  });
}

/** What somebody who looks at two trees would call the changes. */
function plainChanges(before: string, after: string): readonly string[] {
  const told: string[] = [];
  for (const path of new Set([...pathsOf(before), ...pathsOf(after)])) {
    const kind = plainChange(join(before, path), join(after, path));
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const parentIsGone = kind === 'deleted' && !isDirectory(join(after, parent));
    if (kind !== undefined && !parentIsGone) told.push(`${kind} /${path}`);
  }
  return told.sort();
}

const isDirectory = (path: string) => look(path)?.isDirectory() ?? false;

/** Undefined also where the way leads through something that is no folder. */
function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function plainChange(one: string, other: string): string | undefined {
  const [a, b] = [one, other].map(look);
  if (a === undefined || b === undefined) return a === b ? undefined : a === undefined ? 'added' : 'deleted';
  if ((a.mode & 0o170000) !== (b.mode & 0o170000)) return 'type';
  const content = (path: string) => (a.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'utf8'));
  if (!a.isDirectory() && content(one) !== content(other)) return 'modified';
  return a.mode === b.mode ? undefined : 'metadata';
}

async function changed(from: FileState, to: FileState): Promise<readonly string[]> {
  const told: string[] = [];
  for await (const { kind, path } of changesBetween(createHelperReader(HELPER), from, to)) {
    told.push(`${kind} ${path}`);
  }
  return told.sort();
}

interface State {
  /** Top first. */
  readonly layers: readonly string[];
  /** A plain copy of what the kernel shows. */
  readonly seen: string;
}

/** Layer upon layer, each with things done to it in a real overlay. */
function makeStates(random: (below: number) => number): readonly State[] {
  const base = join(folder, 'base');
  mkdirSync(base);
  for (let deed = 0; deed < DEEDS; deed += 1) doSomething(base, random);
  const states: State[] = [{ layers: [base], seen: base }];
  for (let generation = 1; generation <= GENERATIONS; generation += 1) {
    const layers = states.at(-1)?.layers ?? [];
    const upper = join(folder, `upper-${generation}`);
    const seen = join(folder, `seen-${generation}`);
    inOverlay(layers, upper, (merged) => {
      for (let deed = 0; deed < DEEDS; deed += 1) doSomething(merged, random);
      execFileSync('cp', ['-a', merged, seen]);
    });
    states.push({ layers: [upper, ...layers], seen });
  }
  return states;
}

const stateOf = ({ layers: [tree, ...layers] }: State): FileState => ({ driver: 'overlay', layers, tree });

const seeds = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => seed * 7919);

describe('states of an overlay', () => {
  it.each(seeds)('differ as the kernel shows them (seed %i)', async (seed) => {
    const states = makeStates(createRandom(seed));
    for (const one of states) {
      for (const other of states) {
        const plain = plainChanges(one.seen, other.seen);
        expect(await changed(stateOf(one), stateOf(other))).toEqual(plain);
      }
    }
  });
});

function outermost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

describe('a machine whose changed paths are all put back', () => {
  it.each(seeds)('is what it was, also as the kernel shows it (seed %i)', async (seed) => {
    const states = makeStates(createRandom(seed));
    const last = states.at(-1) as State;
    const [upper = '', ...lower] = last.layers;
    for (const wanted of states.slice(0, -1)) {
      const machine = machineOn(upper, lower);
      const storage = nativeStorage();
      const present = storage.stateOf(machine);
      for await (const { path } of storage.changes(stateOf(wanted), present)) {
        // One that was put back with what is above it is found the same.
        await storage.revert(machine, path, stateOf(wanted), quietWork);
      }
      expect(await changed(stateOf(wanted), present)).toEqual([]);
      inOverlay(lower, present.tree as string, (merged) => {
        expect(plainChanges(wanted.seen, merged)).toEqual([]);
      });
      rmSync(machine.directory, { recursive: true });
    }
  });
});

describe('paths that were kept before they were put back', () => {
  it.each(seeds.slice(0, 4))(
    'are again what they were, also as the kernel shows it (seed %i)',
    async (seed) => {
      const states = makeStates(createRandom(seed));
      const last = states.at(-1) as State;
      const [upper = '', ...lower] = last.layers;
      for (const wanted of states.slice(0, -1)) {
        const machine = machineOn(upper, lower);
        const storage = nativeStorage();
        const present = storage.stateOf(machine);
        const changes = await changed(stateOf(wanted), present);
        const paths = outermost(changes.map((change) => change.slice(change.indexOf(' ') + 1)));
        const tree = join(machine.directory, 'kept');
        const totals = new Set<number | undefined>();
        const work = {
          ...quietWork,
          progress: ({ done, total }: StorageProgress) =>
            totals.add(done > (total ?? -1) ? undefined : total),
        };
        await storage.copyPaths(present, paths, { tree, view: join(machine.directory, 'view') }, work);
        for (const path of paths) await storage.revert(machine, path, stateOf(wanted), work);
        expect([...totals], 'how much it is in all is always known').not.toContain(undefined);
        const kept = { driver: 'dir', layers: [], tree } as const;
        for (const path of paths) await storage.revert(machine, path, kept, quietWork);
        inOverlay(lower, present.tree as string, (merged) => {
          expect(plainChanges(last.seen, merged)).toEqual([]);
        });
        expect(readdirSync(machine.directory).sort()).toEqual(['kept', 'storage']);
        rmSync(machine.directory, { recursive: true });
      }
    },
  );
});

describe('a path whose way back is interrupted', () => {
  it('is what it was, and nothing is left of the attempt', async () => {
    const [upper, lower, wanted] = ['upper', 'lower', 'wanted'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const layer of [upper, lower, wanted]) {
      mkdirSync(layer);
      writeFileSync(join(layer, 'file'), layer);
    }
    const machine = machineOn(upper, [lower]);
    const before = readdirSync(join(machine.directory, 'storage'));
    const { signal, abort } = interruption();
    const from = { driver: 'dir', layers: [], tree: wanted } as const;
    const work = { progress: abort, signal };
    await expect(nativeStorage().revert(machine, '/file', from, work)).rejects.toThrow('aborted');
    expect(readFileSync(join(machine.directory, 'storage', 'upper', 'file'), 'utf8')).toBe(upper);
    expect(readdirSync(join(machine.directory, 'storage'))).toEqual(before);
    await nativeStorage().revert(machine, '/file', from, quietWork);
    expect(readFileSync(join(machine.directory, 'storage', 'upper', 'file'), 'utf8')).toBe(wanted);
  });
});

function interruption() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

/** With a copy of the directory of changes. */
function machineOn(upper: string, layers: readonly string[]): MachineHandle {
  const directory = join(folder, 'machine');
  mkdirSync(join(directory, 'storage'), { recursive: true });
  execFileSync('cp', ['-a', upper, join(directory, 'storage', 'upper')]);
  const storage = { driver: 'overlay', layers } as const;
  return { spec: machineSpec({ name: 'web', storage }), directory, runDirectory: join(folder, 'run') };
}

function nativeStorage(): BackendStorage {
  const machines = { isRunning: () => false, whileStill: async () => undefined };
  return createNativeStorage({ root: folder, helperPath: HELPER, machines });
}
