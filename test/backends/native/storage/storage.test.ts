import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MachineHandle, MachineSpec } from '../../../../src/backends/backend.ts';
import { createNativeStorage } from '../../../../src/backends/native/storage/native-storage.ts';
import { storageError } from '../../../../src/backends/native/storage/storage-error.ts';
import type { BackendStorage, StorageWork } from '../../../../src/backends/storage.ts';
import { machineSpec } from '../machine-spec.ts';

const HELPER =
  process.env['TSMACHINE_TEST_HELPER'] ?? resolve(import.meta.dirname, '../../../../build/tsmachine-helper');

let directory: string;
let upper: string;
let layer: string;
let storage: BackendStorage;
/** Nothing runs here. */
const machines = { isRunning: () => false, whileStill: async () => undefined };
const work: StorageWork = { progress: () => {}, signal: new AbortController().signal };

beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/storage-`);
  upper = `${directory}/storage/upper`;
  layer = `${directory}/layer`;
  mkdirSync(layer);
  storage = createNativeStorage({ helperPath: HELPER, root: directory, machines });
});

afterEach(() => rmSync(directory, { recursive: true }));

function machine(changes: Partial<MachineSpec> = {}): MachineHandle {
  const layers = { driver: 'overlay', layers: [layer] } as const;
  return { spec: machineSpec({ storage: layers, ...changes }), directory, runDirectory: `${directory}/run` };
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o7777).toString(8);
}

const prepareStorage = (prepared: MachineHandle): Promise<void> => storage.prepare(prepared, work);

describe('preparing storage', () => {
  it('makes upper and work, whatever the umask', async () => {
    const before = process.umask(0o077);
    await prepareStorage(machine()).finally(() => process.umask(before));
    expect([modeOf(`${directory}/storage`), modeOf(upper), modeOf(`${directory}/storage/work`)]).toEqual([
      '700',
      '755',
      '700',
    ]);
    expect(readdirSync(`${directory}/storage`).toSorted()).toEqual(['upper', 'work']);
  });

  it('writes who the machine is', async () => {
    await prepareStorage(machine());
    expect(readFileSync(`${upper}/etc/hostname`, 'utf8')).toBe('alpha\n');
    expect(readFileSync(`${upper}/etc/machine-id`, 'utf8')).toBe('0123456789abcdef0123456789abcdef\n');
    expect(readFileSync(`${upper}/etc/hosts`, 'utf8')).toMatch(
      /^127\.0\.0\.1\tlocalhost\n127\.0\.1\.1\talpha\n::1\t/,
    );
    expect([modeOf(`${upper}/etc`), modeOf(`${upper}/etc/hosts`), modeOf(`${upper}/etc/machine-id`)]).toEqual(
      ['755', '644', '444'],
    );
    expect(readdirSync(`${upper}/etc`)).toHaveLength(3);
  });

  it('says at once that btrfs needs btrfs, and makes nothing', async () => {
    const refused = machine({ storage: { driver: 'btrfs', layers: [layer] } });
    for (const asked of [storage.requireDriver('btrfs'), prepareStorage(refused)]) {
      await expect(asked).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('does not lie on btrfs'),
        hint: expect.stringContaining('--root'),
      });
    }
    expect(readdirSync(directory)).toEqual(['layer']);
  });

  it('refuses to make one tree of several layers', async () => {
    const stacked = machine({ storage: { driver: 'dir', layers: [layer, layer] } });
    await expect(prepareStorage(stacked)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('one layer'),
    });
  });

  it('may be called again after it was interrupted', async () => {
    await prepareStorage(machine());
    rmSync(`${directory}/storage/work`, { recursive: true });
    await prepareStorage(machine());
    expect(readdirSync(`${directory}/storage`).toSorted()).toEqual(['upper', 'work']);
  });

  it('says the word of the kernel when something is in the way', async () => {
    writeFileSync(`${directory}/storage`, '');
    await expect(prepareStorage(machine())).rejects.toMatchObject({
      code: 'failed',
      errno: 'EEXIST',
      syscall: 'mkdir',
      path: `${directory}/storage`,
      hint: expect.stringContaining('doctor'),
    });
  });
});

describe('rewriting identity after a rename', () => {
  beforeEach(() => prepareStorage(machine()));

  const renamed = (): Promise<void> => storage.writeIdentity(machine({ hostname: 'beta' }));

  it('changes the name and keeps what the machine wrote into its hosts file', async () => {
    writeFileSync(`${upper}/etc/hosts`, '# mine\n127.0.1.1 alpha alpha.example\n192.0.2.1 printer\n');
    await renamed();
    expect(readFileSync(`${upper}/etc/hostname`, 'utf8')).toBe('beta\n');
    expect(readFileSync(`${upper}/etc/hosts`, 'utf8')).toBe('# mine\n127.0.1.1\tbeta\n192.0.2.1 printer\n');
  });

  it('adds the name to a hosts file that has none', async () => {
    writeFileSync(`${upper}/etc/hosts`, '127.0.0.1 localhost\n');
    await renamed();
    expect(readFileSync(`${upper}/etc/hosts`, 'utf8')).toBe('127.0.1.1\tbeta\n127.0.0.1 localhost\n');
  });

  it('replaces a symbolic link instead of writing through it', async () => {
    const outside = `${directory}/outside`;
    writeFileSync(outside, '# of the host');
    for (const name of ['hostname', 'hosts', 'machine-id']) {
      rmSync(`${upper}/etc/${name}`);
      symlinkSync(outside, `${upper}/etc/${name}`);
    }
    await renamed();
    expect(readFileSync(outside, 'utf8')).toBe('# of the host');
    expect(lstatSync(`${upper}/etc/hostname`).isFile()).toBe(true);
    expect(readFileSync(`${upper}/etc/hosts`, 'utf8')).not.toContain('# of the host');
  });

  it('does not follow an /etc that became a symbolic link, and leaves nothing where it points', async () => {
    const outside = `${directory}/outside`;
    mkdirSync(outside);
    rmSync(`${upper}/etc`, { recursive: true });
    symlinkSync(outside, `${upper}/etc`);
    await expect(renamed()).rejects.toMatchObject({
      code: 'failed',
      hint: expect.stringMatching(/not followed|something else/),
    });
    expect(readdirSync(outside)).toEqual([]);
    expect(readlinkSync(`${upper}/etc`)).toBe(outside);
  });

  it('is not held up by a fifo and does not read a huge file', async () => {
    rmSync(`${upper}/etc/hosts`);
    execFileSync('mkfifo', [`${upper}/etc/hosts`]);
    await renamed();
    expect(readFileSync(`${upper}/etc/hosts`, 'utf8')).toContain('beta');
    writeFileSync(`${upper}/etc/hosts`, '#'.repeat(70_000));
    await renamed();
    expect(statSync(`${upper}/etc/hosts`).size).toBeLessThan(1000);
  });

  it('leaves no temporary file when a name is taken by a directory', async () => {
    rmSync(`${upper}/etc/hostname`);
    mkdirSync(`${upper}/etc/hostname`);
    await expect(renamed()).rejects.toMatchObject({ name: 'BackendError', errno: 'EISDIR' });
    expect(readdirSync(`${upper}/etc`).toSorted()).toEqual(['hostname', 'hosts', 'machine-id']);
  });

  it('keeps lines of a hosts file that lies in a layer, and the mode of its /etc', async () => {
    rmSync(`${upper}/etc`, { recursive: true });
    mkdirSync(`${layer}/etc`);
    chmodSync(`${layer}/etc`, 0o2750);
    writeFileSync(`${layer}/etc/hosts`, '127.0.1.1 alpha\n192.0.2.1 printer\n');
    await renamed();
    expect(readFileSync(`${upper}/etc/hosts`, 'utf8')).toBe('127.0.1.1\tbeta\n192.0.2.1 printer\n');
    expect(modeOf(`${upper}/etc`)).toBe('2750');
    expect(readdirSync(`${layer}/etc`)).toEqual(['hosts']);
  });

  it('sees no file below what hides it', async () => {
    mkdirSync(`${layer}/etc`);
    writeFileSync(`${layer}/etc/hosts`, '192.0.2.1 printer\n');
    rmSync(`${upper}/etc/hosts`);
    symlinkSync('/nowhere', `${upper}/etc/hosts`);
    await renamed();
    expect(readFileSync(`${upper}/etc/hosts`, 'utf8')).not.toContain('printer');
  });

  it('makes /etc again for a machine that removed it', async () => {
    rmSync(`${upper}/etc`, { recursive: true });
    await renamed();
    expect(existsSync(`${upper}/etc/hostname`)).toBe(true);
  });
});

describe('a storage error', () => {
  it.each([
    ['ENOSPC', 'failed', /Free space/],
    ['EDQUOT', 'failed', /quota/],
    ['EROFS', 'failed', /read-only/],
    ['EACCES', 'permission', /root/],
  ])('for %s is %s and has a hint', (errno, code, hint) => {
    const cause = Object.assign(new Error('x'), { code: errno, syscall: 'write' });
    expect(storageError('write', '/a', cause)).toMatchObject({
      code,
      errno,
      syscall: 'write',
      path: '/a',
      hint: expect.stringMatching(hint),
    });
  });
});
