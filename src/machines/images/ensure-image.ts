/**
 * What templates build, once, shared by all machines made from it. Layer and image appear together, under the layers' lock: so a layer
 * that nothing names is never one in the making.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { StorageProgress } from '../../backends/storage.ts';
import { makeDirectory, syncDirectory, writeAtomically } from '../../files/atomic-file.ts';
import type { Template, TemplateContext, TemplateDefaults } from '../../templates/template.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { doomLayer } from '../layers/free-layers.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { lockNames } from '../store/lock.ts';
import { fileNameOf, findImage, type Image, imageLayerId, imageLock, saveImage } from './image-file.ts';

export interface ImageRequest {
  readonly template: Template;
  readonly options: Readonly<Record<string, string>>;
  /** The caller's own folder: the caller removes it, also after a crash. */
  readonly staging: string;
  readonly progress: (message: string) => void;
  readonly fileProgress: (progress: StorageProgress) => void;
  readonly signal: AbortSignal;
}

export interface ConfiguredImage extends Image {
  /** What machines of it begin with, where the template finds that out. */
  readonly defaults?: TemplateDefaults;
}

export interface EnsuredImage extends ConfiguredImage {
  /** To be called when the machine is there. */
  readonly afterCreate: () => Promise<void>;
  /** Whether it was made just now. */
  readonly built: boolean;
}

/**
 * Finds the image, or builds it. Of several that want the same one at once, one builds and the others wait for it. It may be removed at
 * any time: who needs its layers writes down that he does, and then looks whether it is still there (`findImage`).
 */
export async function ensureImage(domain: Domain, request: ImageRequest): Promise<EnsuredImage> {
  const context = contextOf(domain, request);
  const key = await request.template.imageKey(context);
  const found = findImage(domain.paths, key);
  const image =
    found === undefined ? await buildUnderLock(domain, request, context, key) : { ...found, built: false };
  const { template } = request;
  const defaults = await template.findDefaults?.(context, domain.paths.layerTree(imageLayerId(key)));
  const afterCreate = async () => template.afterCreate?.(context, key);
  return { ...image, afterCreate, ...(defaults === undefined ? {} : { defaults }) };
}

type FoundImage = Image & Pick<EnsuredImage, 'built'>;

async function buildUnderLock(
  domain: Domain,
  request: ImageRequest,
  context: TemplateContext,
  key: string,
): Promise<FoundImage> {
  const lockName = imageLock(fileNameOf(key));
  const locks = await waitForLock(domain, lockName, request);
  try {
    const found = findImage(domain.paths, key) ?? (await adoptLayer(domain, request, key));
    if (found !== undefined) {
      return { ...found, built: false };
    }
    const staged = await buildLayer(request, context, key);
    return { ...(await publish(domain, request, key, staged)), built: true };
  } finally {
    locks.forget(lockName);
    locks.release();
  }
}

/** A build may take minutes; whoever waits for it can still be interrupted, and is told what it waits for. */
async function waitForLock(domain: Domain, name: string, request: ImageRequest) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await lockNames(domain.paths.locks, domain.lock, [name], attempt === 0 ? 0 : 1000);
    } catch (error) {
      request.signal.throwIfAborted();
      if (!(error instanceof MachineError && error.code === 'busy')) {
        throw error;
      }
      if (attempt === 0) {
        request.progress('waiting for another command that works on the same image');
      }
    }
  }
}

/** The layer of an image that was removed, which machines still use. */
function adoptLayer(domain: Domain, request: ImageRequest, key: string): Promise<Image | undefined> {
  const { paths } = domain;
  return withLayersLock(domain, async () =>
    existsSync(paths.layerTree(imageLayerId(key))) ? nameImage(domain, request, key) : undefined,
  );
}

/** In the caller's staging folder; returns where. */
async function buildLayer(request: ImageRequest, context: TemplateContext, key: string): Promise<string> {
  const staged = join(request.staging, 'layer');
  rmSync(staged, { recursive: true, force: true });
  makeDirectory(staged);
  mkdirSync(join(staged, 'fs'), { mode: 0o755 });
  await request.template.build(context, join(staged, 'fs'));
  request.signal.throwIfAborted();
  const { template, options } = request;
  const about = { version: 1, id: imageLayerId(key), template: template.name, options, imageKey: key };
  writeAtomically(join(staged, 'layer.json'), `${JSON.stringify(about, null, 2)}\n`);
  await syncFileSystem(staged);
  return staged;
}

function publish(domain: Domain, request: ImageRequest, key: string, staged: string): Promise<Image> {
  const { paths } = domain;
  const layer = paths.layer(imageLayerId(key));
  return withLayersLock(domain, async () => {
    makeDirectory(dirname(layer));
    if (existsSync(layer)) doomLayer(paths, imageLayerId(key));
    renameSync(staged, layer);
    syncDirectory(dirname(layer));
    return nameImage(domain, request, key);
  });
}

/** The caller holds the layers' lock. */
function nameImage({ paths }: Domain, { template, options }: ImageRequest, key: string): Image {
  const image = { key, layers: [imageLayerId(key)] };
  saveImage(paths, { ...image, template: template.name, options, createdAt: new Date().toISOString() });
  return image;
}

function contextOf(domain: Domain, request: ImageRequest): TemplateContext {
  const { paths } = domain;
  const workDirectory = join(request.staging, 'work');
  makeDirectory(workDirectory);
  makeDirectory(paths.cache);
  return {
    options: request.options,
    workDirectory,
    cacheDirectory: paths.cache,
    storeDirectories: [paths.machines, paths.layers, paths.trash, paths.stagings],
    progress: request.progress,
    fileProgress: request.fileProgress,
    trees: domain.backend.storage,
    signal: request.signal,
  };
}

/** syncfs(2) for thousands of files at once; Node has none, coreutils has. Without it a power cut could spoil a layer. */
async function syncFileSystem(path: string): Promise<void> {
  await promisify(execFile)('sync', ['-f', path]);
}
