/** Putting back from a machine that runs: it may exchange what leads to the path, or the path itself, at any moment. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendError, type MachineHandle } from '../../../src/backends/backend.ts';
import { filesOfMachine, revertPath } from '../../../src/backends/native/storage/diff/revert.ts';
import type { FileState } from '../../../src/backends/storage.ts';
import { quietWork } from '../../../src/machines/work/quiet-work.ts';
import { machineSpec } from '../../backends/native/machine-spec.ts';
import { withRoot } from '../../setup/with-root.ts';
import { HELPER } from '../native-machine.ts';

const ROUNDS = 40;

/** Exchanges `way` (of the first argument) for a link to the second and back, as fast as it can, until it is killed. */
const EXCHANGER = `
const { renameSync, symlinkSync, unlinkSync } = require('fs');
const [way, target] = process.argv.slice(1);
process.stdout.write('begun');
for (;;) {
  renameSync(way, way + '-aside');
  symlinkSync(target, way);
  unlinkSync(way);
  renameSync(way + '-aside', way);
}`;

const { root } = withRoot();
let folder: string;
let exchanger: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'race-'));
  for (const path of ['outside/sub', 'source/way/sub', 'machine/storage/root/way']) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  for (const place of ['outside', 'source/way']) {
    for (const path of ['file', 'sub/file']) writeFileSync(join(folder, place, path), place);
  }
});
afterEach(async () => {
  exchanger?.kill('SIGKILL');
  if (exchanger !== undefined) await once(exchanger, 'close');
  exchanger = undefined;
  rmSync(folder, { recursive: true });
});

async function exchange(path: string, target: string): Promise<void> {
  exchanger = spawn(process.execPath, ['-e', EXCHANGER, join(folder, path), target], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(exchanger.stdout as NonNullable<ChildProcess['stdout']>, 'data');
}

function machine(): MachineHandle {
  const storage = { driver: 'dir', layers: [] } as const;
  const spec = machineSpec({ name: 'web', storage });
  return { spec, directory: join(folder, 'machine'), runDirectory: join(folder, 'run') };
}

/** Whether it was put back; what a machine did meanwhile may be an error, and never anything else. */
async function putBack(path: string): Promise<boolean> {
  const present: FileState = { driver: 'dir', layers: [], tree: join(folder, 'machine/storage/root') };
  const from: FileState = { driver: 'dir', layers: [], tree: join(folder, 'source') };
  try {
    await revertPath(HELPER, filesOfMachine(machine(), present), path, from, quietWork);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(BackendError);
    return false;
  }
}

const inside = (path: string) => join(folder, 'machine/storage/root', path);

/** Through directories alone: to put a link back as a link is right. */
function contentOf(path: string): string | undefined {
  const ways = path.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'));
  const kinds = ways.map((way) => lstatSync(inside(way), { throwIfNoEntry: false }));
  const leads = kinds.slice(0, -1).every((kind) => kind?.isDirectory());
  return leads && kinds.at(-1)?.isFile() ? readFileSync(inside(path), 'utf8') : undefined;
}

describe('a path that is put back from a machine that exchanges', () => {
  it.each([
    ['a directory on the way for a link out of it', 'way', '/way/file', ['way/file']],
    ['the directory itself for a link out of it', 'way', '/way', ['way/file', 'way/sub/file']],
    ['a directory in it for a link out of it', 'way/sub', '/way', ['way/file', 'way/sub/file']],
    ['the file itself for a link out of it', 'way/file', '/way/file', ['way/file']],
  ])('%s is never what lies outside', async (_, exchanged, path, read) => {
    const isFile = exchanged.endsWith('file');
    const outside = join(folder, 'outside');
    await exchange(`source/${exchanged}`, isFile ? join(outside, 'file') : outside);
    let done = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      if (await putBack(path)) done += 1;
      for (const each of read) expect([undefined, 'source/way']).toContain(contentOf(each));
    }
    expect(done).toBeGreaterThan(0);
    expect(readdirSync(outside)).toEqual(['file', 'sub']);
    expect(readFileSync(join(outside, 'file'), 'utf8')).toBe('outside');
  });
});
