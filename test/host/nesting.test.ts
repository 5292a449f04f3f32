/** A machine that runs this very program: its machines share its ids, and are as much as any machine else. */
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { busyboxFolder } from '../setup/test-run.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
/** The host's libraries are lent to it, since Node needs them. */
const lent = ['/usr', projectFolder, dirname(realpathSync(join(busyboxFolder(), 'busybox')))];
const node = realpathSync(process.execPath);

async function startOuter(name: string, ...settings: readonly string[]): Promise<void> {
  const binds = [...new Set(lent)].map((path) => `bind=${path}:${path}:ro`);
  const words = ['nesting=true', ...settings, ...binds].flatMap((setting) => ['--set', setting]);
  await host.done(['create', name, '-t', 'busybox', ...words, '--start']);
  await inside(name, 'for name in lib lib64; do [ -e /$name ] || ln -s usr/$name /$name; done');
}

beforeAll(() => startOuter('outer'));

const inside = (name: string, script: string) =>
  host.cli([
    'exec',
    name,
    '-e',
    `PATH=${lent.at(-1)}:/bin:/sbin:/usr/sbin:/usr/bin`,
    '--',
    'sh',
    '-c',
    script,
  ]);
const inOuter = (script: string) => inside('outer', script);
const nestedIn = (name: string, words: readonly string[]) =>
  inside(
    name,
    `${[node, join(projectFolder, 'dist/cli.cjs'), ...words].map((word) => `'${word}'`).join(' ')}`,
  );
const nested = (...words: readonly string[]) => nestedIn('outer', words);

describe('tsmachine in a machine with nesting', () => {
  it('makes machines whose files are kept as they can be there', async () => {
    expect(await nested('create', 'inner', '-t', 'busybox')).toMatchObject({ code: 0, stdout: 'inner\n' });
    expect(JSON.parse((await nested('info', 'inner', '--json')).stdout).machine.config.storage.driver).toBe(
      'dir',
    );
  });

  it('says what a machine needs that cannot have ids of its own', async () => {
    const { code, stderr } = await nested('start', 'inner');
    expect([code, stderr]).toEqual([1, expect.stringContaining('tsmachine set inner privileged=true')]);
  });

  it('runs them, with namespaces and groups of their own, and no more rights than the machine has', async () => {
    await nested('set', 'inner', 'privileged=true');
    expect(await nested('start', 'inner')).toMatchObject({ code: 0 });
    const own = (await inOuter('readlink /proc/self/ns/pid; cat /proc/self/uid_map')).stdout.split('\n');
    const inner = (
      await nested('exec', 'inner', '--', 'sh', '-c', 'readlink /proc/self/ns/pid; cat /proc/self/uid_map')
    ).stdout.split('\n');
    expect(inner[0]).toMatch(/^pid:/);
    expect(inner[0]).not.toBe(own[0]);
    expect(inner[1]).toBe(own[1]);
    expect((await nested('exec', 'inner', '--', 'mknod', '/tmp/disk', 'b', '8', '0')).code).not.toBe(0);
  });

  it('freezes them, keeps what they are, and makes others of them', async () => {
    expect(await nested('freeze', 'inner')).toMatchObject({ code: 0 });
    expect((await nested('list', '--json')).stdout).toContain('"frozen"');
    expect(await nested('unfreeze', 'inner')).toMatchObject({ code: 0 });
    expect(await nested('snapshot', 'inner', 'first')).toMatchObject({ code: 0 });
    expect(await nested('clone', 'inner@first', 'second', '--start')).toMatchObject({ code: 0 });
    expect((await nested('exec', 'second', '--', 'hostname')).stdout).toBe('second\n');
  });

  it('leaves nothing of them when the machine goes', async () => {
    expect(await nested('stop', 'second')).toMatchObject({ code: 0 });
    expect(await host.cli(['kill', 'outer'])).toMatchObject({ code: 0 });
    expect(JSON.parse(await host.done(['list', '--json'])).machines[0].state).toBe('stopped');
  });
});

describe('tsmachine in a privileged machine with nesting', () => {
  const within = (...words: readonly string[]) => nestedIn('shared', words);
  beforeAll(() => startOuter('shared', 'privileged=true'));

  it('runs machines that share its ids', async () => {
    expect(await within('create', 'inner', '-t', 'busybox', '--set', 'privileged=true')).toMatchObject({
      code: 0,
    });
    expect(await within('start', 'inner')).toMatchObject({ code: 0 });
    const own = (await inside('shared', 'readlink /proc/self/ns/pid')).stdout;
    const inner = (await within('exec', 'inner', '--', 'readlink', '/proc/self/ns/pid')).stdout;
    expect(inner).toMatch(/^pid:/);
    expect(inner).not.toBe(own);
    expect(await within('stop', 'inner')).toMatchObject({ code: 0 });
  });
});
