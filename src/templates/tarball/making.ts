/** How an image is made from a tarball. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { shownAddress } from '../download/address.ts';
import { download, removeDownload, type Wanted } from '../download/download.ts';
import { findInit } from '../init/find-init.ts';
import type { TemplateContext, TemplateDefaults } from '../template.ts';
import { requireCanonicalIds } from '../trees/canonical-ids.ts';
import { type ArchiveFile, digestOf, openArchiveFile, requireDigest } from './archive-file.ts';
import { readOptions, type TarballOptions } from './options.ts';
import { findRootFolder } from './root-folder.ts';

/** Raised whenever the same archive would become another tree. */
const treeVersion = 1;

/** With a checksum nothing is read or fetched for it. */
export async function imageKey(context: TemplateContext): Promise<string> {
  const options = readOptions(context);
  const digest = options.sha256 ?? (await digestOfSource(context, options));
  return `tarball-${treeVersion}-${digest}${options.folder === '' ? '' : `-${options.folder}`}`;
}

export async function build(context: TemplateContext, target: string): Promise<void> {
  const options = readOptions(context);
  const path = await pathOf(context, options);
  await withArchive(path, async (archive) => {
    if (options.sha256 !== undefined) await requireWanted(context, options, archive, options.sha256);
    await unpack(context, options, archive, target);
    archive.requireUnchanged();
  });
  if ('url' in options.from) removeDownload(context, wantedOf(options.from.url, options));
}

export function findDefaults(context: TemplateContext, tree: string): TemplateDefaults {
  return findInit(tree, readOptions(context).init);
}

async function digestOfSource(context: TemplateContext, options: TarballOptions): Promise<string> {
  return withArchive(await pathOf(context, options), (archive) => digestOf(archive, context));
}

async function pathOf(context: TemplateContext, options: TarballOptions): Promise<string> {
  const { from } = options;
  return 'file' in from ? from.file : download(context, wantedOf(from.url, options));
}

/** The image's lock is named for both. */
function wantedOf(url: URL, { sha256, folder }: TarballOptions): Wanted {
  return { url, sha256, owner: `${sha256}-${folder}` };
}

/** A download that is something else is of no use to anybody. */
async function requireWanted(
  context: TemplateContext,
  { from, ...options }: TarballOptions,
  archive: ArchiveFile,
  sha256: string,
): Promise<void> {
  const found = await digestOf(archive, context);
  if ('url' in from && found !== sha256) removeDownload(context, wantedOf(from.url, { from, ...options }));
  requireDigest('file' in from ? from.file : shownAddress(from.url), sha256, found);
}

async function withArchive<T>(path: string, work: (archive: ArchiveFile) => Promise<T>): Promise<T> {
  const archive = await openArchiveFile(path);
  try {
    return await work(archive);
  } finally {
    await archive.file.close();
  }
}

async function unpack(
  context: TemplateContext,
  { folder, maxBytes }: TarballOptions,
  { file, bytes }: ArchiveFile,
  target: string,
): Promise<void> {
  const unpacked = join(context.workDirectory, 'unpacked');
  rmSync(unpacked, { recursive: true, force: true });
  // What the archive says of its top is its affair; without a word of it this is what a root has.
  mkdirSync(unpacked, { mode: 0o755 });
  const work = { progress: context.fileProgress, signal: context.signal };
  await context.trees.unpackTree({ descriptor: file.fd, bytes }, unpacked, maxBytes, work);
  const root = findRootFolder(unpacked, folder);
  if (root !== '' && folder === '') context.progress(`its root file system lies in the folder ${root}`);
  requireCanonicalIds(await context.trees.surveyTree(join(unpacked, root), work), 'the archive');
  renameSync(join(unpacked, root), target);
}
