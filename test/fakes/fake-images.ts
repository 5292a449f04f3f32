/**
 * Images and settings files of a fake manager. The files are real, so that what survives a crash can be looked at; what machined keeps in
 * attributes of files lies beside them. FAKE_MANAGER_CRASH_AT=clone makes the process die in the middle of a copy.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BackendError } from '../../src/backends/backend.ts';
import type { ManagedImage, ManagedImages, StagedImage } from '../../src/backends/manager/images.ts';

export interface FakeImagesOptions {
  /** Notes a call, and throws what was ordered for it. */
  readonly call: (verb: string, name: string) => void;
  readonly runs: (name: string) => boolean;
  readonly kind: 'directory' | 'subvolume';
}

export interface FakePlaces {
  readonly images: string;
  readonly image: (name: string) => string;
  readonly settings: (name: string) => string;
}

export function fakePlaces(root: string): FakePlaces {
  const images = join(root, 'managed', 'images');
  const settings = join(root, 'managed', 'settings');
  for (const folder of [images, settings]) mkdirSync(folder, { recursive: true });
  return {
    images,
    image: (name) => join(images, name),
    settings: (name) => join(settings, `${name}.nspawn`),
  };
}

export function createFakeImages(places: FakePlaces, { call, runs, kind }: FakeImagesOptions): ManagedImages {
  const sealOf = (name: string) => join(places.images, '..', `${name}.sealed`);
  const limitOf = (name: string) => join(places.images, '..', `${name}.limit`);
  const beside = (name: string) => [places.settings(name), sealOf(name), limitOf(name)];
  const requireImage = (name: string) => {
    if (!existsSync(places.image(name))) throw new BackendError('failed', `No image '${name}' known`);
  };
  const requireFree = (name: string) => {
    if (existsSync(places.image(name))) throw new BackendError('busy', `An image ${name} is there already`);
  };
  const requireStill = (name: string) => {
    if (runs(name)) throw new BackendError('busy', `Image ${name} is in use`);
  };
  const isThere = (name: string) => existsSync(places.image(name));
  const take = (name: string, newName: string) => {
    renameSync(places.image(name), places.image(newName));
    const [from, to] = [beside(name), beside(newName)];
    for (const [index, path] of from.entries()) {
      const target = to[index];
      if (target !== undefined && existsSync(path)) renameSync(path, target);
    }
  };
  const discard = (name: string) => {
    for (const path of [places.image(name), ...beside(name)]) rmSync(path, { recursive: true, force: true });
  };
  /** Nobody sees it before it is whole. */
  const stage = async (name: string, signal: AbortSignal, make: (image: StagedImage) => Promise<void>) => {
    const image = { name: `${MAKING}${name}`, path: places.image(`${MAKING}${name}`) };
    discard(image.name);
    try {
      await make(image);
      signal.throwIfAborted();
      requireFree(name);
      take(image.name, name);
    } finally {
      discard(image.name);
    }
  };
  const describe = (name: string): ManagedImage => {
    const { birthtimeMs, mtimeMs } = statSync(places.image(name));
    return {
      name,
      kind,
      path: places.image(name),
      readOnly: existsSync(sealOf(name)),
      createdAt: birthtimeMs,
      modifiedAt: mtimeMs,
      usageBytes: null,
      exclusiveBytes: null,
      limitBytes: existsSync(limitOf(name)) ? Number(readFileSync(limitOf(name), 'utf8')) : null,
    };
  };
  const seal = (name: string, readOnly: boolean) => {
    if (readOnly) writeFileSync(sealOf(name), '');
    else rmSync(sealOf(name), { force: true });
  };
  return {
    all: async () => names(places).filter(isWhole).map(describe),
    those: async (isWanted) =>
      names(places)
        .filter((name) => isWhole(name) && isWanted(name))
        .map(describe),
    names: async () => names(places).filter(isWhole),
    find: async (name) => (isThere(name) ? describe(name) : undefined),
    async clone(from, to, { readOnly, prepare }, { signal }) {
      call('clone', `${from} ${to}`);
      signal.throwIfAborted();
      requireImage(from);
      requireFree(to);
      await stage(to, signal, async (image) => {
        cpSync(places.image(from), image.path, { recursive: true });
        dieAt('clone');
        if (existsSync(places.settings(from))) cpSync(places.settings(from), places.settings(image.name));
        await prepare?.(image);
        seal(image.name, readOnly);
      });
    },
    async rename(name, newName) {
      call('rename', `${name} ${newName}`);
      requireImage(name);
      requireStill(name);
      requireFree(newName);
      take(name, newName);
    },
    async remove(name, { signal }) {
      call('remove', name);
      signal.throwIfAborted();
      requireImage(name);
      requireStill(name);
      discard(name);
    },
    async setReadOnly(name, readOnly) {
      call('setReadOnly', `${name} ${readOnly}`);
      requireImage(name);
      requireStill(name);
      seal(name, readOnly);
    },
    async setSizeLimit(name, bytes) {
      call('setSizeLimit', `${name} ${bytes}`);
      requireImage(name);
      if (kind !== 'subvolume')
        throw new BackendError('unsupported', 'nothing counts what a directory takes');
      if (bytes === 'max') rmSync(limitOf(name), { force: true });
      else writeFileSync(limitOf(name), String(bytes));
    },
    async make(name, fill, { signal }) {
      call('make', name);
      await stage(name, signal, async (image) => {
        mkdirSync(image.path);
        await fill(image);
      });
    },
    driver: async () => (kind === 'subvolume' ? 'btrfs' : 'dir'),
    leavings: async () => ({
      hidden: names(places).filter((name) => name.startsWith('.') && isWhole(name)),
      notes: readdirSync(join(places.images, '..', 'settings'))
        .map((file) => file.replace(/\.nspawn$/, ''))
        .filter((name) => name.startsWith('.') && isWhole(name) && !isThere(name)),
      unfinished: names(places)
        .filter((name) => !isWhole(name))
        .map((name) => name.slice(MAKING.length)),
    }),
    settle: async (name) => discard(`${MAKING}${name}`),
  };
}

const MAKING = '.fake-making.';

function isWhole(name: string): boolean {
  return !name.startsWith(MAKING);
}

function names({ images }: FakePlaces): readonly string[] {
  return readdirSync(images).sort();
}

function dieAt(verb: string): void {
  if (process.env['FAKE_MANAGER_CRASH_AT'] === verb) process.kill(process.pid, 'SIGKILL');
}
