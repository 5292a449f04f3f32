/** What of a download is there, kept from one attempt and one command to the next. */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { removeFile } from '../../files/remove-file.ts';

/** What the server said of the file that the beginning is of: another one must not be put behind it. */
export interface Validator {
  readonly etag?: string;
  readonly lastModified?: string;
}

export interface PartialFile {
  /** What is there whole. */
  readonly whole: string;
  /** What is there in part. */
  readonly part: string;
}

export function partialFile(path: string): PartialFile {
  return { whole: path, part: `${path}.part` };
}

/** Bytes that are there, and the header value with which a server says whether they are still the beginning of its file. */
export function resumePoint(
  file: PartialFile,
): { readonly bytes: number; readonly ifRange: string } | undefined {
  const bytes = statSync(file.part, { throwIfNoEntry: false })?.size ?? 0;
  const { etag, lastModified } = readValidator(file);
  // A weak one says that two files mean the same, not that they are the same bytes (RFC 9110, 13.1.5).
  const ifRange = etag !== undefined && !etag.startsWith('W/') ? etag : lastModified;
  return bytes === 0 || ifRange === undefined ? undefined : { bytes, ifRange };
}

export function beginPart(file: PartialFile, validator: Validator): void {
  mkdirSync(dirname(file.part), { recursive: true, mode: 0o700 });
  writeFileSync(file.part, '');
  writeFileSync(validatorPath(file), JSON.stringify(validator));
}

export function completePart(file: PartialFile): void {
  renameSync(file.part, file.whole);
  removeFile(validatorPath(file));
}

export function isWhole({ whole }: PartialFile): boolean {
  return existsSync(whole);
}

export function removePartial(file: PartialFile): void {
  for (const path of [file.whole, file.part, validatorPath(file)]) removeFile(path);
}

function readValidator(file: PartialFile): Validator {
  try {
    const { etag, lastModified } = JSON.parse(readFileSync(validatorPath(file), 'utf8')) as Validator;
    return {
      ...(typeof etag === 'string' ? { etag } : {}),
      ...(typeof lastModified === 'string' ? { lastModified } : {}),
    };
  } catch {
    return {};
  }
}

function validatorPath({ part }: PartialFile): string {
  return `${part}.json`;
}
