/** How archives are compressed: by which program, into which bytes, and how the result is known again. */
import { availableParallelism } from 'node:os';
import type { Compression } from '../../../storage.ts';
import type { Tool } from '../tool.ts';

interface Compressor {
  readonly tool: Tool;
  /** From standard input to standard output: the same bytes whatever the host, its number of processors included. */
  readonly pack: () => readonly string[];
  readonly unpack: readonly string[];
  /** What it begins with. */
  readonly magic: Buffer;
}

/** xz cuts its input into blocks only where it has more than one thread. */
const xzThreads = () => Math.max(2, availableParallelism());

export const COMPRESSORS: Readonly<Record<Exclude<Compression, 'none'>, Compressor>> = {
  zstd: {
    tool: 'zstd',
    pack: () => ['--quiet', '--threads=0', '-3', '--stdout'],
    unpack: ['--quiet', '--decompress', '--stdout'],
    magic: Buffer.from('28b52ffd', 'hex'),
  },
  xz: {
    tool: 'xz',
    pack: () => [`--threads=${xzThreads()}`, '--block-size=16MiB', '-6', '--stdout'],
    unpack: ['--decompress', '--stdout'],
    magic: Buffer.from('fd377a585a00', 'hex'),
  },
  gzip: {
    tool: 'gzip',
    pack: () => ['--no-name', '--stdout'],
    unpack: ['--decompress', '--stdout'],
    magic: Buffer.from('1f8b', 'hex'),
  },
};

/** Bytes that tell one from another. */
export const MAGIC_LENGTH = 6;

export function compressionOf(beginning: Buffer): Compression {
  const known = Object.entries(COMPRESSORS).find(([, { magic }]) =>
    beginning.subarray(0, magic.length).equals(magic),
  );
  return known === undefined ? 'none' : (known[0] as Compression);
}
