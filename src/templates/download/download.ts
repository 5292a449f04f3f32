/** Downloads into the cache: resumed where they broke off, tried again with pauses, within bounds. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { TemplateContext } from '../template.ts';
import { TemplateError } from '../template-error.ts';
import { shownAddress } from './address.ts';
import { fetchRest } from './fetch-rest.ts';
import { completePart, isWhole, type PartialFile, partialFile, removePartial } from './partial-file.ts';

export interface Wanted {
  readonly url: URL;
  /** Undefined: nothing is known of it, and then it is kept for this one work only. */
  readonly sha256: string | undefined;
  /** Whoever holds the lock of this name works on it alone. */
  readonly owner: string;
}

/** Milliseconds. */
export interface Patience {
  /** Before each further attempt; one more than there are attempts that got nothing in a row. */
  readonly pauses: readonly number[];
  readonly idle: number;
}

const PATIENCE: Patience = { pauses: [1000, 2000, 4000, 8000, 16_000], idle: 60_000 };

/** Attempts that each got something: a server that breaks off after every byte comes to an end too. */
const MOST_ATTEMPTS = 100;
const SHARE_OF_FREE = 0.9;

/** The path of the whole file. The caller compares its checksum before anything is done with it. */
export async function download(
  context: TemplateContext,
  wanted: Wanted,
  patience: Patience = PATIENCE,
): Promise<string> {
  const file = fileOf(context, wanted);
  if (isWhole(file)) return file.whole;
  context.progress(`fetching ${shownAddress(wanted.url)}`);
  const { resumed } = await fetchAll(context, wanted, file, patience);
  // A server may have continued with another file, and not have said so.
  if (resumed && wanted.sha256 !== undefined && (await digestOfFile(file.part)) !== wanted.sha256) {
    context.progress('what was continued does not fit together; fetching it from the beginning');
    removePartial(file);
    await fetchAll(context, wanted, file, patience);
  }
  completePart(file);
  return file.whole;
}

export function removeDownload(context: TemplateContext, wanted: Wanted): void {
  removePartial(fileOf(context, wanted));
}

async function fetchAll(
  { fileProgress, progress, signal }: TemplateContext,
  { url }: Wanted,
  file: PartialFile,
  { pauses, idle }: Patience,
): Promise<{ readonly resumed: boolean }> {
  let failed = 0;
  for (let attempt = 1; ; attempt += 1) {
    const limit = limitOf(file);
    const outcome = await fetchRest({ url, file, limit, idleMs: idle, fileProgress, signal });
    if (outcome.done) return outcome;
    failed = outcome.got > 0 ? 1 : failed + 1;
    const pause = pauses[failed - 1];
    if (pause === undefined || attempt === MOST_ATTEMPTS) throw gaveUp(url, outcome.why, attempt);
    progress(`${outcome.why}; trying again in ${pause / 1000} s`);
    await wait(pause, undefined, { signal });
  }
}

function gaveUp(url: URL, why: string, attempts: number): TemplateError {
  return new TemplateError(`cannot fetch ${shownAddress(url)}: ${why}, after ${attempts} attempts`, {
    hint: 'what came is kept: the same command goes on from there, where the server lets it',
  });
}

function fileOf(
  { cacheDirectory, workDirectory }: TemplateContext,
  { url, sha256, owner }: Wanted,
): PartialFile {
  const folder = join(sha256 === undefined ? workDirectory : (cacheDirectory ?? workDirectory), 'downloads');
  const name = createHash('sha256').update(`${url.href}\n${owner}`).digest('hex').slice(0, 32);
  return partialFile(join(folder, name));
}

/** With what is there of it already. */
function limitOf({ part }: PartialFile): number {
  const folder = join(part, '..');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor(bavail * bsize * SHARE_OF_FREE);
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
