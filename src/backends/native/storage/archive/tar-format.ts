/** The blocks of a pax archive (POSIX.1-2001), as GNU tar writes them and as we write our own file. Texts have a character a byte. */

/** The first file of each archive. */
export const MANIFEST = 'tsmachine.json';
/** Holds a directory for each state, called by its number. */
export const STATES = 'states';

export const BLOCK = 512;
/** Two blocks of zeros. */
export const END_BYTES = 2 * BLOCK;

export interface TarHeader {
  readonly name: string;
  readonly link: string;
  /** One character. */
  readonly type: string;
  /** Of what follows in the archive. */
  readonly size: number;
  /** MAJOR:MINOR, meant for device nodes. */
  readonly device: string;
  /** Of GNU's first form of sparse files: how long it is, and whether its map goes on in blocks of its own. */
  readonly sparse: { readonly size: number; readonly goesOn: boolean } | undefined;
}

/** Undefined if it is none: its sum is wrong, or a number is no number. */
export function parseHeader(block: Buffer): TarHeader | undefined {
  if (octal(block, 148, 8) !== sumOf(block)) return undefined;
  const [size, major, minor] = [number(block, 124, 12), number(block, 329, 8), number(block, 337, 8)];
  if (size === undefined || major === undefined || minor === undefined) return undefined;
  // GNU's own form has other things where a prefix would be.
  const [name, prefix] = [text(block, 0, 100), text(block, 257, 6) === 'ustar' ? text(block, 345, 155) : ''];
  const type = text(block, 156, 1) || '0';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    link: text(block, 157, 100),
    type,
    size,
    device: `${major}:${minor}`,
    sparse: type === 'S' ? sparseOf(block) : undefined,
  };
}

function sparseOf(block: Buffer): TarHeader['sparse'] {
  return { size: number(block, 483, 12) ?? Number.NaN, goesOn: block[482] !== 0 };
}

/** The header of a regular file of root's; `name` is short. */
export function fileHeader(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (at: number, value: string) => block.write(value, at, 'latin1');
  put(0, name);
  put(100, '0000600\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(156, '0');
  put(257, 'ustar\x0000');
  put(329, '0000000\0');
  put(337, '0000000\0');
  put(148, `${sumOf(block).toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** What fills the last block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** KEY=VALUE of an extended header, undefined if it is malformed. A key may come again and again. */
export function parseExtended(data: Buffer): readonly (readonly [string, string])[] | undefined {
  const records: (readonly [string, string])[] = [];
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(data.toString('latin1', at, space));
    const end = at + length;
    if (!Number.isSafeInteger(length) || length < space - at + 4 || end > data.length) return undefined;
    const record = data.toString('latin1', space + 1, end);
    const equals = record.indexOf('=');
    if (equals < 1 || !record.endsWith('\n')) return undefined;
    records.push([record.slice(0, equals), record.slice(equals + 1, -1)]);
    at = end;
  }
  return records;
}

function text(block: Buffer, at: number, length: number): string {
  const bytes = block.toString('latin1', at, at + length);
  const end = bytes.indexOf('\0');
  return end < 0 ? bytes : bytes.slice(0, end);
}

/** In octal digits, or where they do not suffice with the first bit set and the others as they are (GNU, star). */
function number(block: Buffer, at: number, length: number): number | undefined {
  if (((block[at] ?? 0) & 0x80) === 0) return octal(block, at, length);
  const digits = Buffer.from(block.subarray(at, at + length));
  digits[0] = (digits[0] ?? 0) & 0x7f;
  const value = Number(BigInt(`0x${digits.toString('hex')}`));
  return Number.isSafeInteger(value) ? value : undefined;
}

function octal(block: Buffer, at: number, length: number): number | undefined {
  const digits = text(block, at, length).trim();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** Of all bytes, those of the sum itself counted as spaces. */
function sumOf(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0;
  return sum;
}
