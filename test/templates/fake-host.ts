import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runFolder } from '../setup/test-run.ts';

/**
 * A minimal ELF file: an executable for this test's `architecture` number with these program header types.
 * Enough for what elf.ts reads; it does not run.
 */
export function elfFile(machine: number, types: readonly number[]): Buffer {
  const bytes = Buffer.alloc(64 + 56 * types.length);
  bytes.write('\x7fELF', 'latin1');
  bytes[4] = 2;
  bytes[5] = 1;
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(types.length, 56);
  types.forEach((type, index) => {
    bytes.writeUInt32LE(type, 64 + 56 * index);
  });
  return bytes;
}

/** A folder of shell scripts that is put first, or alone, on the PATH until the test ends. */
export function fakeCommands(
  scripts: Readonly<Record<string, string>>,
  options: { readonly alone: boolean } = { alone: false },
): string {
  const folder = mkdtempSync(join(runFolder(), 'commands-'));
  for (const [name, script] of Object.entries(scripts)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
  const before = process.env['PATH'];
  process.env['PATH'] = options.alone ? folder : `${folder}:${before}`;
  onTestFinished(() => {
    process.env['PATH'] = before;
  });
  return folder;
}

/** A script that answers as busybox does when it is asked what it holds. */
export function fakeBusyboxScript(answers: {
  readonly full?: readonly string[];
  readonly names: readonly string[];
}): string {
  const listFull = answers.full === undefined ? 'exit 1' : `printf '%s\\n' ${answers.full.join(' ')}; exit 0`;
  return [
    'case "$1" in',
    `  --list-full) ${listFull};;`,
    `  --list) printf '%s\\n' ${answers.names.join(' ')};;`,
    '  --help) echo "BusyBox v1.99.0 (test) multi-call binary.";;',
    'esac',
  ].join('\n');
}

export function scratchFile(name: string, content: string | Buffer, mode = 0o755): string {
  const folder = mkdtempSync(join(runFolder(), 'scratch-'));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}
