/** Commands that die at any moment, on a real systemd-machined, and machined that dies in the middle of a command: before each call that changes something. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { work } from '../../fakes/deeds.ts';
import { snapshotRequest } from '../../fakes/machine-files.ts';
import { builtCli } from '../../setup/run-cli.ts';
import { withNspawnHost } from './nspawn-host.ts';
import { busybox, fileOf, POOL, pool, SETTINGS, settingsOf, tiny } from './on-disk.ts';
import { openReal } from './real-managed.ts';

const KEY = 'etc/ssh/ssh_host_ed25519_key';
const { root, env, machinectl, run, cleanUp } = withNspawnHost();
const { machines, manager } = openReal(env);
let program = '';

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'making-'));
  program = join(folder, 'program.mjs');
  const entry = process.env['TSMACHINE_PROJECT'] ?? process.cwd();
  buildSync({
    entryPoints: [join(entry, 'test/host/nspawn/making-program.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Of dbus-next, for buses of X11.
    external: ['x11'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return () => rmSync(folder, { recursive: true, force: true });
});
afterEach(cleanUp);
afterAll(manager.close);

const isThere = (image: string) => existsSync(join(POOL, image));
const memoryOf = (name: string) => run('systemctl', 'show', '-P', 'MemoryMax', `systemd-nspawn@${name}`);

function inProgram(victim: string, at: number, words: readonly string[]) {
  return spawnSync(process.execPath, [program, String(at), ...words], {
    env: { ...process.env, ...env, BUSYBOX: busybox, BUILT_CLI: builtCli, VICTIM: victim },
    encoding: 'utf8',
  });
}
/** False: it was done before it came so far. */
function die(at: number, ...words: readonly string[]): boolean {
  const { status, signal, stderr } = inProgram('self', at, words);
  if (status !== 0 && signal !== 'SIGKILL') throw new Error(stderr);
  return signal === 'SIGKILL';
}
/** The command goes on, or fails. */
function dieOfMachined(at: number, ...words: readonly string[]): boolean {
  return inProgram('machined', at, words).stdout.includes('machined is killed');
}
/** Any command that takes the lock. */
const next = (name: string) => machines.sweep(name);
const nothingHidden = async () => {
  expect(pool().filter((name) => name.startsWith('.'))).toEqual([]);
  expect(readdirSync(SETTINGS).filter((name) => name.startsWith('.'))).toEqual([]);
};

/** A machine that has lived: with a key by which others know it. */
async function withIdentity(name: string): Promise<string> {
  await machines.create(tiny(name));
  execFileSync('mkdir', ['-p', join(POOL, name, 'etc/ssh')]);
  writeFileSync(join(POOL, name, KEY), 'of the first\n');
  writeFileSync(join(POOL, name, 'note'), 'one\n');
  return name;
}

/** Whatever has the name of the copy is whole, and somebody else. */
function nobodyIsTwice(original: string, copy: string): void {
  expect(fileOf(original, KEY)).toBe('of the first\n');
  if (!isThere(copy)) return;
  expect(fileOf(copy, 'note')).toBe('one\n');
  expect(fileOf(copy, 'etc/hostname')).toBe(`${copy}\n`);
  expect(fileOf(copy, 'etc/machine-id')).not.toBe(fileOf(original, 'etc/machine-id'));
  expect(fileOf(copy, KEY)).toContain('PRIVATE KEY');
}

/** How many there were until it was done; what there is of the copy then is whole. */
async function deathsOfClone(
  kill: (at: number, ...words: readonly string[]) => boolean,
  afterEachOne: () => unknown,
): Promise<number> {
  let deaths = 0;
  for (let at = 1; kill(at, 'clone', 'web', 'copy'); at += 1) {
    deaths += 1;
    nobodyIsTwice('web', 'copy');
    await next('copy');
    await nothingHidden();
    nobodyIsTwice('web', 'copy');
    if (isThere('copy')) await machines.destroy('copy', { force: true, now: true });
    await afterEachOne();
  }
  return deaths;
}

/** A service that died so often is not started again until then. */
const startable = () => run('systemctl', 'reset-failed', 'systemd-machined');

describe('a command that was killed', () => {
  it('in the middle of a create leaves a whole machine or nothing', async () => {
    let deaths = 0;
    for (let at = 1; die(at, 'create', 'web'); at += 1) {
      deaths += 1;
      await next('web');
      await nothingHidden();
      if (isThere('web')) await machinectl('start', 'web');
      await cleanUp();
    }
    expect(deaths).toBeGreaterThan(3);
    expect(await memoryOf('web')).toBe(String(64 * 1024 ** 2));
  });

  it('in the middle of a clone leaves a whole clone or nothing, and the original as it was', async () => {
    await withIdentity('web');
    const before = settingsOf('web');
    const deaths = await deathsOfClone(die, () => expect(settingsOf('web')).toBe(before));
    expect(deaths).toBeGreaterThan(3);
    expect(fileOf('copy', 'etc/hostname')).toBe('copy\n');
  });

  it('in the middle of a rename is completed by the next one, whichever name that has', async () => {
    for (let at = 1; ; at += 1) {
      await machines.create(tiny('web', { 'memory.max': '64M' }));
      await manager.images.clone('web', 'web@one', { readOnly: true }, work);
      const died = die(at, 'rename', 'web', 'shop');
      await next(at % 2 === 0 ? 'shop' : 'web');
      await nothingHidden();
      const now = pool();
      const whole = [
        ['shop', 'shop@one'],
        ['web', 'web@one'],
      ];
      expect(whole, `${at}`).toContainEqual(now);
      expect(await memoryOf(now[0] ?? '')).toBe(String(64 * 1024 ** 2));
      expect(await memoryOf(now[0] === 'shop' ? 'web' : 'shop')).toBe('infinity');
      await cleanUp();
      if (died) continue;
      expect(at).toBeGreaterThan(1);
      break;
    }
  });

  it('in the middle of a destroy leaves the machine with its kept states, or both in the trash', async () => {
    for (let at = 1; ; at += 1) {
      await machines.create(tiny('web'));
      await manager.images.clone('web', 'web@one', { readOnly: true }, work);
      const died = die(at, 'destroy', 'web');
      await next('web');
      const now = pool().map((name) => name.replace(/\d+/, 'N'));
      const trashed = ['.tsmachine-trash-machine.N.web', '.tsmachine-trash-machine.N.web@one'];
      expect([['web', 'web@one'], trashed], `${at}`).toContainEqual(now);
      await cleanUp();
      if (died) continue;
      expect(at).toBeGreaterThan(1);
      break;
    }
  });

  it('in the middle of a destroy for good leaves no half of a machine', async () => {
    for (let at = 1; ; at += 1) {
      await machines.create(tiny('web'));
      const died = die(at, 'destroy', 'web', 'now');
      await next('web');
      await nothingHidden();
      if (isThere('web')) await machinectl('start', 'web');
      await cleanUp();
      if (died) continue;
      expect(at).toBeGreaterThan(1);
      break;
    }
  });

  it('in the middle of a snapshot leaves a whole one or none', async () => {
    await withIdentity('web');
    let deaths = 0;
    for (let at = 1; die(at, 'snapshot', 'web', 'one'); at += 1) {
      deaths += 1;
      await next('web');
      await nothingHidden();
      if (!isThere('web@one')) continue;
      expect(fileOf('web@one', 'note')).toBe('one\n');
      expect(await machines.snapshots('web')).toMatchObject([
        { name: 'one', comment: 'kept', problem: null },
      ]);
      expect(await manager.images.find('web@one')).toMatchObject({ readOnly: true });
      await machines.removeSnapshots('web', ['one'], { now: true, ...work });
    }
    expect(deaths).toBeGreaterThan(2);
  });

  it('in the middle of a restore leaves the machine as it was, or restored, with who it is', async () => {
    for (let at = 1; ; at += 1) {
      await withIdentity('web');
      const id = fileOf('web', 'etc/machine-id');
      await machines.snapshot('web', snapshotRequest({ snapshot: 'one' }));
      writeFileSync(join(POOL, 'web/note'), 'two\n');
      const died = die(at, 'restore', 'web', 'one');
      expect((await machines.info('web')).config.machineId, `${at}`).toBe(id.trim());
      await next('web');
      await nothingHidden();
      const kept = pool().filter((name) => name.startsWith('web@before'));
      expect([fileOf('web', 'note'), ...kept.map((name) => fileOf(name, 'note'))].at(-1)).toBe('two\n');
      if (kept.length > 0) expect(fileOf('web', 'note')).toBe('one\n');
      expect([fileOf('web', KEY), fileOf('web@one', 'note')]).toEqual(['of the first\n', 'one\n']);
      await cleanUp();
      if (died) continue;
      expect(at).toBeGreaterThan(5);
      break;
    }
  });

  it('in the middle of an import leaves a whole machine, with fewer kept states at worst, or nothing', async () => {
    const path = await archiveOf('web');
    let deaths = 0;
    for (let at = 1; die(at, 'import', path, 'copy'); at += 1) {
      deaths += 1;
      nobodyIsTwice('web', 'copy');
      await next('copy');
      await nothingHidden();
      nobodyIsTwice('web', 'copy');
      if (!isThere('copy')) expect(isThere('copy@one')).toBe(false);
      else await machines.destroy('copy', { force: true, now: true });
    }
    expect(deaths).toBeGreaterThan(5);
    expect(fileOf('copy@one', 'note')).toBe('one\n');
  });
});

async function archiveOf(name: string): Promise<string> {
  await withIdentity(name);
  await machines.snapshot(name, snapshotRequest({ snapshot: 'one' }));
  const path = join(root, `${name}.tar`);
  await machines.exportMachine(name, { target: { path }, snapshots: true, force: true, ...work });
  return path;
}

describe('machined that is killed', () => {
  it('in the middle of a clone leaves a whole copy or nothing', async () => {
    await withIdentity('web');
    expect(await deathsOfClone(dieOfMachined, startable)).toBeGreaterThan(2);
  });

  it('in the middle of a restore leaves a machine that has all that it was', async () => {
    for (let at = 1; ; at += 1) {
      await withIdentity('web');
      await machines.snapshot('web', snapshotRequest({ snapshot: 'one' }));
      writeFileSync(join(POOL, 'web/note'), 'two\n');
      const died = dieOfMachined(at, 'restore', 'web', 'one');
      await next('web');
      await nothingHidden();
      const notes = pool().map((name) => fileOf(name, 'note'));
      expect(notes.sort(), `${at}`).toEqual(expect.arrayContaining(['one\n', 'two\n']));
      expect(isThere('web')).toBe(true);
      await cleanUp();
      await startable();
      if (died) continue;
      expect(at).toBeGreaterThan(1);
      break;
    }
  });
});
