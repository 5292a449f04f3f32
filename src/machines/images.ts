/**
 * The image store: what templates build, once, shared by all machines made from it. An image is images/KEY.json, which
 * names layers/ID; a layer is a root file system that never changes again. Both appear whole, by a rename.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeDirectory, syncDirectory, writeAtomically } from '../files/atomic-file.ts';
import type { Template, TemplateContext } from '../templates/template.ts';
import type { Domain } from './domain.ts';
import { MachineError } from './errors.ts';
import { nearest } from './nearest.ts';
import { lockNames } from './store/lock.ts';

export interface Image {
  readonly key: string;
  /** Top first. */
  readonly layers: readonly string[];
}

export interface ImageRequest {
  readonly template: Template;
  readonly options: Readonly<Record<string, string>>;
  /** The caller's own folder: the caller removes it, also after a crash. */
  readonly staging: string;
  readonly progress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** All of the template's options, the given ones checked. Throws `usage`. */
export function completeOptions(
  template: Template,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = template.options.map((option) => option.name);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      const meant = nearest(name, known);
      throw new MachineError('usage', `template ${template.name} has no option "${name}"`, {
        subject: name,
        hint: meant === undefined ? `its options: ${known.join(', ') || 'none'}` : `did you mean "${meant}"?`,
      });
    }
  }
  const defaults = Object.fromEntries(template.options.map((option) => [option.name, option.default]));
  return { ...defaults, ...given };
}

/** Finds the image, or builds it. Of several that want the same one at once, one builds and the others wait for it. */
export async function ensureImage(domain: Domain, request: ImageRequest): Promise<Image> {
  const context = contextOf(domain, request);
  const key = await request.template.imageKey(context);
  return findImage(domain, key) ?? (await buildUnderLock(domain, request, context, key));
}

function findImage(domain: Domain, key: string): Image | undefined {
  try {
    const image = JSON.parse(readFileSync(domain.paths.image(fileNameOf(key)), 'utf8')) as Image;
    return image.layers.every((id) => existsSync(domain.paths.layerTree(id))) ? image : undefined;
  } catch {
    // Missing or broken: building it again makes it whole.
    return undefined;
  }
}

async function buildUnderLock(
  domain: Domain,
  request: ImageRequest,
  context: TemplateContext,
  key: string,
): Promise<Image> {
  const lockName = `image.${fileNameOf(key)}`;
  const locks = await waitForLock(domain, lockName, request);
  try {
    const found = findImage(domain, key);
    if (found !== undefined) {
      return found;
    }
    const image = { key, layers: [await buildLayer(domain, request, context, key)] };
    const path = domain.paths.image(fileNameOf(key));
    makeDirectory(dirname(path));
    writeAtomically(path, `${JSON.stringify(image, null, 2)}\n`);
    return image;
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
        request.progress('waiting for another command that builds the same image');
      }
    }
  }
}

/** The id follows from the key: a layer whose image file was not written any more is taken over, not doubled. */
async function buildLayer(
  domain: Domain,
  request: ImageRequest,
  context: TemplateContext,
  key: string,
): Promise<string> {
  const id = createHash('sha256').update(key).digest('hex').slice(0, 32);
  const layer = domain.paths.layer(id);
  if (existsSync(layer)) {
    return id;
  }
  const staged = join(request.staging, 'layer');
  rmSync(staged, { recursive: true, force: true });
  makeDirectory(staged);
  mkdirSync(join(staged, 'fs'), { mode: 0o755 });
  await request.template.build(context, join(staged, 'fs'));
  request.signal.throwIfAborted();
  const about = { version: 1, id, template: request.template.name, options: request.options, imageKey: key };
  writeAtomically(join(staged, 'layer.json'), `${JSON.stringify(about, null, 2)}\n`);
  await syncFileSystem(staged);
  makeDirectory(dirname(layer));
  renameSync(staged, layer);
  syncDirectory(dirname(layer));
  return id;
}

function contextOf(domain: Domain, request: ImageRequest): TemplateContext {
  const workDirectory = join(request.staging, 'work');
  makeDirectory(workDirectory);
  makeDirectory(domain.paths.cache);
  return {
    options: request.options,
    workDirectory,
    cacheDirectory: domain.paths.cache,
    progress: request.progress,
    signal: request.signal,
  };
}

/** syncfs(2) for thousands of files at once; Node has none, coreutils has. Without it a power cut could spoil a layer. */
async function syncFileSystem(path: string): Promise<void> {
  await promisify(execFile)('sync', ['-f', path]);
}

/** Keys are the templates' words; a file name takes only some of them, and 255 bytes. */
function fileNameOf(key: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(key)
    ? key
    : createHash('sha256').update(key).digest('hex').slice(0, 32);
}
