/**
 * Whether a file is an executable that needs no other file: an ELF program without PT_INTERP, for this processor.
 * elf(5). A dynamic busybox copied into an empty root would fail at exec with a bare ENOENT.
 */
import { open } from 'node:fs/promises';

export type ElfVerdict = 'static' | 'dynamic' | 'foreign' | 'not-elf';

/** e_machine of Node's architectures; one that is not here is not checked. */
const machineNumbers: Readonly<Record<string, number>> = {
  ia32: 3,
  mips: 8,
  mipsel: 8,
  ppc64: 21,
  s390x: 22,
  arm: 40,
  x64: 62,
  arm64: 183,
  riscv64: 243,
  loong64: 258,
};

const programInterpreter = 3;

/** Enough for the headers of any executable; program headers follow the ELF header directly. */
const headerBytes = 4096;

/** Throws what open(2) and read(2) say. */
export async function examineElf(path: string, architecture: string = process.arch): Promise<ElfVerdict> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    return examineHeaders(buffer.subarray(0, bytesRead), architecture);
  } finally {
    await file.close();
  }
}

function examineHeaders(bytes: Buffer, architecture: string): ElfVerdict {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 4) !== '\x7fELF') return 'not-elf';
  const wide = bytes[4] === 2;
  const little = bytes[5] === 1;
  const u16 = (at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const u64 = (at: number): number => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));

  const expected = machineNumbers[architecture];
  if (expected !== undefined && u16(18) !== expected) return 'foreign';
  const start = wide ? u64(32) : u32(28);
  const size = u16(wide ? 54 : 42);
  const count = u16(wide ? 56 : 44);
  if (size === 0 || start + size * count > bytes.length) return 'not-elf';
  const types = Array.from({ length: count }, (_, index) => u32(start + index * size));
  return types.includes(programInterpreter) ? 'dynamic' : 'static';
}
