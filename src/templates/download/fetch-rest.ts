/** One attempt to get what is missing of a file. */
import { createWriteStream, truncateSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StorageProgress } from '../../backends/storage.ts';
import { TemplateError } from '../template-error.ts';
import { shownAddress } from './address.ts';
import { beginPart, type PartialFile, resumePoint } from './partial-file.ts';
import { get } from './request.ts';

export interface Fetching {
  readonly url: URL;
  readonly file: PartialFile;
  /** Bytes that it may have. */
  readonly limit: number;
  readonly idleMs: number;
  readonly fileProgress: (progress: StorageProgress) => void;
  readonly signal: AbortSignal;
}

/** `resumed`: what was there before is a part of it. `got`: bytes that came. */
export type Attempt =
  | { readonly done: true; readonly resumed: boolean }
  | { readonly done: false; readonly why: string; readonly got: number };

/** Of the client's side and of what is there for good a second attempt changes nothing. */
const TRY_AGAIN = new Set([408, 425, 429]);

/** @throws TemplateError for what no further attempt changes; the signal's reason */
export async function fetchRest(fetching: Fetching): Promise<Attempt> {
  const { url, file, signal, idleMs } = fetching;
  const from = resumePoint(file);
  const headers = from === undefined ? {} : { range: `bytes=${from.bytes}-`, 'if-range': from.ifRange };
  let got = 0;
  try {
    const response = await get({ url, headers, signal, idleMs });
    const { statusCode = 0 } = response;
    if (statusCode === 416) return anew(response, file);
    if (statusCode !== 200 && statusCode !== 206) return refusal(response, url);
    const at = beginningOf(response, from?.bytes, file);
    if (at === undefined) return anew(response, file);
    await receive(fetching, response, at, (bytes) => {
      got += bytes;
    });
    return { done: true, resumed: at > 0 };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TemplateError || isLocal(error)) throw error;
    return { done: false, why: wordsOf(error), got };
  }
}

/** Where in the file what comes has its place; undefined if that is not what was asked for. */
function beginningOf(
  response: IncomingMessage,
  asked: number | undefined,
  file: PartialFile,
): number | undefined {
  if (response.statusCode === 206) {
    const [, start] = /^bytes (\d+)-/.exec(response.headers['content-range'] ?? '') ?? [];
    return asked !== undefined && Number(start) === asked ? asked : undefined;
  }
  const { etag, 'last-modified': lastModified } = response.headers;
  beginPart(file, {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  });
  return 0;
}

/** What is there is of no use: the next attempt begins from nothing. */
function anew(response: IncomingMessage, file: PartialFile): Attempt {
  response.destroy();
  beginPart(file, {});
  return { done: false, why: 'the file there is another one meanwhile', got: 0 };
}

function refusal(response: IncomingMessage, url: URL): Attempt {
  const { statusCode = 0 } = response;
  response.destroy();
  const why = `the server says ${statusCode}`;
  if (statusCode >= 500 || TRY_AGAIN.has(statusCode)) return { done: false, why, got: 0 };
  throw new TemplateError(`cannot fetch ${shownAddress(url)}: ${why}`, {
    hint:
      statusCode === 404 || statusCode === 410
        ? 'there is no such file: look at the address'
        : 'look at the address with a browser',
  });
}

async function receive(
  { file, url, limit, fileProgress, signal }: Fetching,
  response: IncomingMessage,
  at: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { 'content-length': length } = response.headers;
  const total = length === undefined ? undefined : at + Number(length);
  if (total !== undefined && total > limit) {
    response.destroy();
    throw tooLarge(url, limit);
  }
  let done = at;
  let broken: unknown;
  // Its failure is no failure of the writing: what came before it is worth keeping.
  async function* counted(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        done += chunk.length;
        if (done > limit) throw tooLarge(url, limit);
        onBytes(chunk.length);
        fileProgress({ done, total, unit: 'bytes', deed: 'fetching' });
        yield chunk;
      }
    } catch (error) {
      broken = error;
    }
  }
  truncateSync(file.part, at);
  await pipeline(counted, createWriteStream(file.part, { flags: 'r+', start: at, flush: true }), { signal });
  if (broken !== undefined) throw broken;
  if (total !== undefined && done !== total) throw new Error(`it broke off at ${done} of ${total} bytes`);
}

function tooLarge(url: URL, limit: number): TemplateError {
  return new TemplateError(
    `${shownAddress(url)} is larger than ${Math.floor(limit / 2 ** 20)} MiB, nine tenths of what is free`,
    {
      hint: 'free some space, or keep machines elsewhere with --root',
    },
  );
}

/** The disk's words, not the network's. */
function isLocal(error: unknown): boolean {
  return ['open', 'write', 'fsync', 'ftruncate'].includes((error as NodeJS.ErrnoException).syscall ?? '');
}

function wordsOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined || code === 'ETIMEDOUT' ? message || 'ETIMEDOUT' : code;
}
