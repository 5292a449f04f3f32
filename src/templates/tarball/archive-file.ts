/** A tarball as an open file, known to be what was asked for. */
import { createHash } from 'node:crypto';
import { createReadStream, fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { TemplateContext } from '../template.ts';
import { TemplateError } from '../template-error.ts';

export interface ArchiveFile {
  readonly file: FileHandle;
  readonly bytes: number;
  /** Throws TemplateError if anybody wrote to it since it was opened. */
  requireUnchanged(): void;
}

/** The caller closes it. */
export async function openArchiveFile(path: string): Promise<ArchiveFile> {
  const file = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    throw new TemplateError(`cannot open ${path}: ${cause.code}`, {
      hint: 'name a file that there is, or a URL',
      cause,
    });
  });
  const before = fstatSync(file.fd, { bigint: true });
  if (!before.isFile()) {
    await file.close();
    throw new TemplateError(`${path} is no file`, {
      hint: before.isDirectory()
        ? 'for a tree as it lies there take the template directory'
        : 'give a regular file or a URL',
    });
  }
  return {
    file,
    bytes: Number(before.size),
    requireUnchanged() {
      const now = fstatSync(file.fd, { bigint: true });
      if (now.ctimeNs === before.ctimeNs && now.size === before.size) return;
      throw new TemplateError(`${path} was changed while it was read`, { hint: 'try again' });
    },
  };
}

/** SHA-256 in lower-case hex. */
export async function digestOf(
  { file, bytes }: ArchiveFile,
  { fileProgress, signal }: TemplateContext,
): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  const stream = createReadStream('', {
    fd: file.fd,
    start: 0,
    autoClose: false,
    highWaterMark: 2 ** 20,
    signal,
  });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    done += chunk.length;
    fileProgress({ done, total: bytes, unit: 'bytes', deed: 'checking' });
  }
  return hash.digest('hex');
}

export function requireDigest(path: string, wanted: string, found: string): void {
  if (wanted === found) return;
  throw new TemplateError(`${path} is not what was asked for: its SHA-256 is ${found}`, {
    hint: `expected was ${wanted}; get both anew from whom you trust`,
  });
}
