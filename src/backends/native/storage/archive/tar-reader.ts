/** Follows a tar while its bytes go by: says what its entries are before anybody else sees them, and keeps none of their content. */
import { BackendError } from '../../../backend.ts';
import { BLOCK, padding, parseExtended, parseHeader, type TarHeader } from './tar-format.ts';

/** Texts have a character a byte. */
export interface TarEntry {
  readonly path: string;
  readonly link: string;
  readonly type: string;
  /** In the archive. */
  readonly size: number;
  /** MAJOR:MINOR. */
  readonly device: string;
  /** Of the extended header. */
  readonly extended: readonly (readonly [string, string])[];
  /** That the extended header takes. */
  readonly extendedBytes: number;
}

export interface TarVisitor {
  /** Throws for what must not come. */
  entry(entry: TarEntry): void;
}

export interface TarReader {
  /** Bytes before the blocks of zeros that end it; undefined: they have not come yet. */
  readonly length: number | undefined;
  /** Throws BackendError 'failed' for what is no tar, before any byte of it should go further. */
  feed(chunk: Buffer): void;
  /** Throws if the tar has not come to its end. */
  finish(): void;
}

/** A sparse file has a line for each piece of it. */
const EXTENDED_LIMIT = 64 * 2 ** 20;

/** A file that was cut off, or is something else, has many faces. */
export function damaged(what: string): BackendError {
  return new BackendError('failed', `the archive is damaged: ${what}`, {
    hint: 'Only archives made by `tsmachine export` can be imported, whole and unchanged.',
  });
}

interface Reading {
  /** What the bytes are that come next. */
  part: 'header' | 'extended' | 'skip' | 'end';
  /** Bytes of it that are still to come. */
  left: number;
  collected: Buffer[];
  extended: Pick<TarEntry, 'extended' | 'extendedBytes'> | undefined;
  /** Of the blocks of zeros at the end. */
  zeros: number;
  /** Bytes that went by. */
  passed: number;
  end: number | undefined;
  /** Of the extended header, without what fills its last block. */
  length: number;
}

export function createTarReader(visitor: TarVisitor): TarReader {
  const reading: Reading = {
    part: 'header',
    left: BLOCK,
    collected: [],
    extended: undefined,
    zeros: 0,
    passed: 0,
    end: undefined,
    length: 0,
  };
  return {
    get length() {
      return reading.end;
    },
    feed(chunk) {
      for (let at = 0; at < chunk.length; ) {
        const part = chunk.subarray(at, at + reading.left);
        at += part.length;
        reading.left -= part.length;
        reading.passed += part.length;
        if (reading.part === 'end') refuseMore(part);
        else if (reading.part !== 'skip') reading.collected.push(part);
        while (reading.left === 0) next(reading, visitor);
      }
    },
    finish() {
      if (reading.part !== 'end') throw damaged('it is cut off');
    },
  };
}

/** A part is there as a whole. */
function next(reading: Reading, visitor: TarVisitor): void {
  const data = Buffer.concat(reading.collected);
  const { part } = reading;
  reading.collected = [];
  expect(reading, 'header', BLOCK);
  if (part === 'extended') reading.extended = extendedOf(data.subarray(0, reading.length));
  else if (part === 'header' && isZero(data)) zeroBlock(reading);
  else if (part === 'header') header(reading, visitor, data);
}

function expect(reading: Reading, part: Reading['part'], left: number): void {
  reading.part = part;
  reading.left = left;
}

function header(reading: Reading, visitor: TarVisitor, block: Buffer): void {
  const found = reading.zeros > 0 ? undefined : parseHeader(block);
  if (found === undefined) throw damaged('what should be a header is none');
  if (found.type === 'x') {
    expectExtended(reading, found);
    return;
  }
  const entry = entryOf(found, reading.extended);
  reading.extended = undefined;
  visitor.entry(entry);
  expect(reading, 'skip', entry.size + padding(entry.size));
}

/** Two of them are the end. */
function zeroBlock(reading: Reading): void {
  reading.end ??= reading.passed - BLOCK;
  reading.zeros += 1;
  if (reading.zeros < 2) expect(reading, 'header', BLOCK);
  else expect(reading, 'end', Number.POSITIVE_INFINITY);
}

function expectExtended(reading: Reading, { size }: TarHeader): void {
  if (size > EXTENDED_LIMIT || reading.extended !== undefined) throw damaged('an extended header is wrong');
  reading.length = size;
  expect(reading, 'extended', size + padding(size));
}

function extendedOf(data: Buffer): Reading['extended'] {
  const extended = parseExtended(data);
  if (extended === undefined) throw damaged('an extended header is wrong');
  return { extended, extendedBytes: data.length };
}

function entryOf(
  { name, link, type, size, device }: TarHeader,
  { extended, extendedBytes }: NonNullable<Reading['extended']> = { extended: [], extendedBytes: 0 },
): TarEntry {
  const last = (key: string) => extended.findLast(([candidate]) => candidate === key)?.[1];
  const written = last('size');
  const stored = written === undefined ? size : Number(written);
  if (!Number.isSafeInteger(stored) || stored < 0) throw damaged('a size is no number');
  return {
    path: last('path') ?? name,
    link: last('linkpath') ?? link,
    type,
    size: stored,
    device,
    extended,
    extendedBytes,
  };
}

/** What fills the last record. */
function refuseMore(part: Buffer): void {
  if (!isZero(part)) throw damaged('something follows its end');
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
