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

/** Which forms of tar there may be, and what a person can do about others. */
export interface TarDialect {
  /** False: only what `packCommand` has GNU tar write. */
  readonly any: boolean;
  readonly hint: string;
}

export const OUR_DIALECT: TarDialect = {
  any: false,
  hint: 'Only archives made by `tsmachine export` can be imported, whole and unchanged.',
};

/** A sparse file has a line for each piece of it. */
const EXTENDED_LIMIT = 64 * 2 ** 20;
/** What fills the last record: more than any program writes. */
const AFTER_END_LIMIT = 16 * 2 ** 20;

/** A file that was cut off, or is something else, has many faces. */
export function damaged(what: string, { hint }: TarDialect = OUR_DIALECT): BackendError {
  return new BackendError('failed', `the archive is damaged: ${what}`, { hint });
}

/** What comes before the header that it belongs to: by type, in our own archives and in others'. */
const OUR_PRELUDES: Readonly<Record<string, Prelude>> = { x: 'extended' };
const PRELUDES: Readonly<Record<string, Prelude>> = {
  ...OUR_PRELUDES,
  g: 'global',
  L: 'name',
  K: 'link',
};

type Prelude = 'extended' | 'global' | 'name' | 'link';

interface Reading {
  readonly dialect: TarDialect;
  /** What the bytes are that come next. */
  part: 'header' | Prelude | 'sparse map' | 'skip' | 'end';
  /** Bytes of it that are still to come. */
  left: number;
  collected: Buffer[];
  extended: Pick<TarEntry, 'extended' | 'extendedBytes'> | undefined;
  /** GNU's form of long ones. */
  name: string | undefined;
  link: string | undefined;
  /** Bytes of the content that follows the map of a sparse file. */
  content: number;
  /** Of the blocks of zeros at the end. */
  zeros: number;
  /** Bytes that went by. */
  passed: number;
  end: number | undefined;
  /** Of the extended header, without what fills its last block. */
  length: number;
}

export function createTarReader(visitor: TarVisitor, dialect: TarDialect = OUR_DIALECT): TarReader {
  const reading: Reading = {
    dialect,
    part: 'header',
    left: BLOCK,
    collected: [],
    extended: undefined,
    name: undefined,
    link: undefined,
    content: 0,
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
        if (reading.part === 'end') refuseMore(reading, part);
        else if (reading.part !== 'skip') reading.collected.push(part);
        while (reading.left === 0) next(reading, visitor);
      }
    },
    finish() {
      if (reading.part !== 'end') throw damaged('it is cut off', dialect);
    },
  };
}

/** A part is there as a whole. */
function next(reading: Reading, visitor: TarVisitor): void {
  const data = Buffer.concat(reading.collected);
  const { part } = reading;
  reading.collected = [];
  expect(reading, 'header', BLOCK);
  if (part === 'extended' || part === 'global' || part === 'name' || part === 'link')
    prelude(reading, part, data.subarray(0, reading.length));
  else if (part === 'sparse map') sparseMap(reading, data);
  else if (part === 'header' && isZero(data)) zeroBlock(reading);
  else if (part === 'header') header(reading, visitor, data);
}

function expect(reading: Reading, part: Reading['part'], left: number): void {
  reading.part = part;
  reading.left = left;
}

function header(reading: Reading, visitor: TarVisitor, block: Buffer): void {
  const found = reading.zeros > 0 ? undefined : parseHeader(block);
  if (found === undefined) throw damaged('what should be a header is none', reading.dialect);
  const before = (reading.dialect.any ? PRELUDES : OUR_PRELUDES)[found.type];
  if (before !== undefined) {
    expectPrelude(reading, before, found);
    return;
  }
  const entry = entryOf(reading, found);
  reading.extended = undefined;
  reading.name = undefined;
  reading.link = undefined;
  visitor.entry(entry);
  reading.content = entry.size + padding(entry.size);
  if (found.sparse?.goesOn === true) expect(reading, 'sparse map', BLOCK);
  else expect(reading, 'skip', reading.content);
}

/** Its last byte but seven says whether another one follows. */
function sparseMap(reading: Reading, block: Buffer): void {
  if (block[504] !== 0) expect(reading, 'sparse map', BLOCK);
  else expect(reading, 'skip', reading.content);
}

/** Two of them are the end. */
function zeroBlock(reading: Reading): void {
  reading.end ??= reading.passed - BLOCK;
  reading.zeros += 1;
  if (reading.zeros < 2) expect(reading, 'header', BLOCK);
  else expect(reading, 'end', Number.POSITIVE_INFINITY);
}

function expectPrelude(reading: Reading, part: Prelude, { size }: TarHeader): void {
  if (size > EXTENDED_LIMIT || (part !== 'global' && reading[part] !== undefined))
    throw damaged('an extended header is wrong', reading.dialect);
  reading.length = size;
  expect(reading, part, size + padding(size));
}

function prelude(reading: Reading, part: Prelude, data: Buffer): void {
  if (part === 'name' || part === 'link') reading[part] = data.toString('latin1').replace(/\0.*$/s, '');
  else if (part === 'extended') reading.extended = extendedOf(reading, data);
  else refuseGlobal(reading, extendedOf(reading, data));
}

/** It would be said of all that follow; what programs write there is a comment. */
function refuseGlobal({ dialect }: Reading, { extended }: NonNullable<Reading['extended']>): void {
  if (extended.some(([key]) => key !== 'comment')) throw damaged('it has a header for all files', dialect);
}

function extendedOf({ dialect }: Reading, data: Buffer): NonNullable<Reading['extended']> {
  const extended = parseExtended(data);
  if (extended === undefined) throw damaged('an extended header is wrong', dialect);
  return { extended, extendedBytes: data.length };
}

function entryOf(reading: Reading, { name, link, type, size, device, sparse }: TarHeader): TarEntry {
  const { extended, extendedBytes } = reading.extended ?? { extended: [], extendedBytes: 0 };
  const last = (key: string) => extended.findLast(([candidate]) => candidate === key)?.[1];
  const written = last('size');
  const stored = written === undefined ? size : Number(written);
  if (!Number.isSafeInteger(stored) || stored < 0) throw damaged('a size is no number', reading.dialect);
  return {
    path: last('path') ?? reading.name ?? name,
    link: last('linkpath') ?? reading.link ?? link,
    type,
    size: stored,
    device,
    extended: sparse === undefined ? extended : [...extended, ['GNU.sparse.size', String(sparse.size)]],
    extendedBytes,
  };
}

/** What fills the last record. */
function refuseMore({ passed, end, dialect }: Reading, part: Buffer): void {
  if (!isZero(part)) throw damaged('something follows its end', dialect);
  if (passed - (end ?? 0) > AFTER_END_LIMIT) throw damaged('it does not end', dialect);
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
