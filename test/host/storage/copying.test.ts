import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import { waitForEvents } from '../../../src/backends/native/cgroups/group-events.ts';
import { unifiedGroup } from '../../../src/backends/native/cgroups/groups.ts';
import { readGroupPlace } from '../../../src/backends/native/read-host-facts.ts';
import { copyTree } from '../../../src/backends/native/storage/copy-tree.ts';
import { type StorageProgress, syncing } from '../../../src/backends/storage.ts';
import { runFolder } from '../../setup/test-run.ts';
import { createNativeHost, HELPER, type NativeHost, unhurried } from '../native-machine.ts';
import { makeDisk } from './disk.ts';
import { end, placeOf, writable, write } from './kept-machines.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(runFolder(), 'copying-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Everything that a directory of changes may hold. */
const MAKE = `
umask 022
echo text > file
chmod 4755 file; chown 5:6 file
setfattr -n user.mine -v 1 file
setcap cap_net_raw+ep file
ln file hard
ln -s /nowhere link
mknod whiteout c 0 0
mkfifo pipe
mkdir -p acl opaque/below
setfacl -m u:7:rwx -d -m g:8:r acl
setfattr -n trusted.overlay.opaque -v y opaque
setfattr -n trusted.overlay.origin -v 0x00 .
truncate -s 10M sparse
touch "$(printf 'new\\nline')"
touch -h -d '2001-02-03 04:05:06.789' link file acl
chmod 1771 .
`;

/** Ends without closing, which would remove the socket. */
const LISTEN = `require('net').createServer().listen('socket', () => process.exit())`;

/** One line each: everything that stat(1), getfattr(1) and the hard links tell. */
function describeTree(tree: string): string {
  const shell = (script: string) => execFileSync('sh', ['-c', script], { cwd: tree, encoding: 'utf8' });
  const status = `find . -printf '%p %M %U:%G %n %l %s %TY-%Tm-%Td %TT\\n' | sort`;
  const links = `[ file -ef hard ] && echo linked; stat -c '%t %T' whiteout`;
  return shell(`${status}; ${links}; getfattr -hR -m - -d -e hex . | cat`);
}

describe('a copy of a tree', () => {
  it('is the same in all that a machine can see, and as sparse', async () => {
    const source = `${folder}/source`;
    mkdirSync(source);
    execFileSync('sh', ['-ec', MAKE], { cwd: source });
    execFileSync(process.execPath, ['-e', LISTEN], { cwd: source });
    const seen: StorageProgress[] = [];
    await copyTree(HELPER, source, `${folder}/copy`, { ...unhurried, progress: (step) => seen.push(step) });
    expect(describeTree(source)).toContain('./socket s');
    expect(describeTree(`${folder}/copy`)).toBe(describeTree(source));
    expect(lstatSync(`${folder}/copy/sparse`).blocks).toBeLessThan(100);
    const [bytes] = execFileSync('du', ['-s', '-B1', source], { encoding: 'utf8' }).split('\t');
    expect(seen[0]).toEqual({ done: 0, total: Number(bytes), unit: 'bytes' });
    expect(seen.slice(-2)).toEqual([{ done: Number(bytes), total: Number(bytes), unit: 'bytes' }, syncing]);
  });

  it('that does not fit leaves nothing, and says that the disk is full', async () => {
    const disk = makeDisk('tmpfs', 4);
    try {
      const source = `${folder}/large`;
      mkdirSync(source);
      for (let number = 0; number < 8; number++)
        writeFileSync(`${source}/${number}`, Buffer.alloc(2 ** 20, 'x'));
      await expect(copyTree(HELPER, source, `${disk.folder}/copy`, unhurried)).rejects.toMatchObject({
        errno: 'ENOSPC',
        hint: expect.stringContaining('Free space'),
      });
      expect(readdirSync(disk.folder)).toEqual([]);
    } finally {
      disk.remove();
    }
  });

  it('that is aborted leaves nothing', async () => {
    const source = makeMany(`${folder}/aborted`);
    const abort = new AbortController();
    const work = { progress: () => abort.abort(new Error('enough')), signal: abort.signal };
    await expect(copyTree(HELPER, source, `${folder}/never`, work)).rejects.toThrow('enough');
    expect(readdirSync(folder).filter((name) => name.startsWith('never'))).toEqual([]);
  });

  it('takes the place of what a dead call left half done', async () => {
    const source = makeMany(`${folder}/again`);
    mkdirSync(`${folder}/whole.new/stray`, { recursive: true });
    await copyTree(HELPER, source, `${folder}/whole`, unhurried);
    expect(readdirSync(`${folder}/whole`).toSorted()).toEqual(readdirSync(source).toSorted());
    expect(existsSync(`${folder}/whole.new`)).toBe(false);
  });
});

describe('a command that is killed while it copies the files of a running machine', () => {
  let host: NativeHost;
  beforeAll(() => {
    host = createNativeHost();
  });
  afterAll(() => host.remove());

  it('leaves the machine running, and its work can be done again', async () => {
    const machine = await host.create('killed');
    write(machine, 'root/note', 'one');
    makeMany(`${writable(machine)}/root/many`);
    await host.backend.start(machine);
    const place = placeOf(host, machine, 'a');
    const call = { root: host.root, parent: host.parent, machine, place };
    const keeper = spawn(process.execPath, [buildKeeper(), JSON.stringify(call)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await firstWord(keeper);
    expect(host.backend.status(machine).state).toBe('frozen');
    keeper.kill('SIGKILL');
    await once(keeper, 'close');
    // Its guard thaws the machine.
    await untilThawed(host, machine);
    expect(host.backend.status(machine).state).toBe('running');
    expect(String((await host.run(machine, '/bin/cat', '/root/note')).stdout)).toBe('one');
    expect(existsSync(place.layer)).toBe(false);
    const { kept } = await host.backend.storage.keep(machine, place, unhurried);
    expect(kept.layers).toEqual([place.layer, host.layer]);
    expect(readdirSync(`${place.layer}/root/many`)).toHaveLength(MANY);
    await end(host, machine);
  });
});

function buildKeeper(): string {
  const outfile = `${folder}/keeper.mjs`;
  const entryPoints = [resolve(import.meta.dirname, 'keep-until-killed.ts')];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', format: 'esm' });
  return outfile;
}

async function untilThawed({ parent }: NativeHost, { spec }: MachineHandle): Promise<void> {
  const group = unifiedGroup(readGroupPlace(parent).layout, parent, spec.name) as string;
  expect(await waitForEvents(group, ({ frozen }) => !frozen, patience.poll)).toBe(true);
}

const MANY = 3000;

function makeMany(path: string): string {
  mkdirSync(path);
  for (let number = 0; number < MANY; number++) writeFileSync(`${path}/${number}`, 'x');
  return path;
}

async function firstWord(child: ChildProcess): Promise<void> {
  const said = once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data');
  const ended = once(child, 'close').then(() => Promise.reject(new Error('it ended without a word')));
  await Promise.race([said, ended]);
}
