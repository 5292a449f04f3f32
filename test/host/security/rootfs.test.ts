import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';

const host = withRoot();
const bait = join(host.root, 'bait');
const name = 'hostile';
const upper = join(host.root, 'machines', name, 'storage', 'upper');
const up = '../'.repeat(20);

beforeEach(async () => {
  rmSync(bait, { recursive: true, force: true });
  for (const folder of ['dev', 'proc', 'sys', 'etc', 'run', 'data'])
    mkdirSync(join(bait, folder), { recursive: true });
  writeFileSync(join(bait, 'etc', 'hostname'), 'the-host\n');
  writeFileSync(join(bait, 'etc', 'machine-id'), 'the-host\n');
  writeFileSync(join(bait, 'etc', 'hosts'), 'the-host\n');
  writeFileSync(join(bait, 'etc', 'passwd'), 'root:x:0:0:the-host:/:/bin/sh\n');
  writeFileSync(join(bait, 'init'), `#!/bin/sh\necho executed > ${bait}/executed\n`, { mode: 0o755 });
  await host.done(['create', name, '-t', 'busybox']);
});
afterEach(() => host.cli(['destroy', '--force', '--now', name]));

/** A folder that is a mount point for the launch: as an absolute link, and as one that climbs. */
const links = ['dev', 'proc', 'sys', 'run', 'etc'].flatMap((folder) => [
  { folder, target: join(bait, folder) },
  { folder, target: `${up}${bait.slice(1)}/${folder}` },
  { folder, target: '/proc/1/root/tmp' },
]);
const cases = links.flatMap(({ folder, target }) => [
  { folder, target, who: 'a machine' },
  // Its launch makes and mounts as the host's root: led astray, it would not even be denied.
  { folder, target, who: 'a privileged machine' },
]);

describe('a root file system that leads astray', () => {
  for (const { folder, target, who } of cases) {
    it(`of ${who} has /${folder} as a link to ${target.startsWith('..') ? '..' : target.replace(bait, 'the host')}: the host is untouched, and a refusal names the path`, async () => {
      if (who === 'a privileged machine') await host.done(['config', name, 'privileged=true']);
      plantLink(folder, target);
      const before = treeOf(bait);
      const { code, stderr } = await host.cli(['start', name]);
      expect(treeOf(bait)).toEqual(before);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(bait);
      // Where the plan mounts, there is no other way; /etc may be any link that stays inside.
      if (folder !== 'etc') expect(code).toBe(1);
      if (code !== 0) {
        expect(stderr).toContain(`/${folder}`);
        expect(await stateOf()).toBe('stopped');
        return;
      }
      const { stdout } = await host.cli([
        'exec',
        name,
        '--',
        'sh',
        '-c',
        `cat /${folder}/passwd /${folder}/hostname; ls ${bait}`,
      ]);
      expect(stdout).not.toContain('the-host');
    });
  }

  it('has /sbin/init as a link to a program of the host: that is not executed', async () => {
    plantLink('sbin/init', join(bait, 'init'));
    const { code, stderr } = await host.cli(['start', name]);
    expect(code).toBe(1);
    expect(stderr).toContain('/sbin/init');
    plantLink('sbin/init', `${up}${bait.slice(1)}/init`);
    expect((await host.cli(['start', name])).code).toBe(1);
    expect(existsSync(join(bait, 'executed'))).toBe(false);
    expect(await stateOf()).toBe('stopped');
  });

  it.each([
    ['a machine', false],
    ['a privileged machine', true],
  ])(
    'has a link where a bind or a tmpfs of %s belongs: nothing of the host is covered or made',
    async (_, isPrivileged) => {
      mkdirSync(join(bait, 'source'));
      const config = join(host.root, 'machines', name, 'config.json');
      const settings = JSON.parse(readFileSync(config, 'utf8'));
      settings.binds = [{ source: join(bait, 'source'), path: '/bound/below', readOnly: false }];
      settings.privileged = isPrivileged;
      settings.tmpfs = [{ path: '/fresh/below' }];
      writeFileSync(config, JSON.stringify(settings));
      plantLink('bound', join(bait, 'data'));
      plantLink('fresh', `${up}${bait.slice(1)}/data`);
      const before = treeOf(bait);
      await host.cli(['start', name]);
      expect(treeOf(bait)).toEqual(before);
    },
  );
});

describe('what the host itself writes into a machine', () => {
  it('stays in the machine when /etc is a link to the host', async () => {
    plantLink('etc', join(bait, 'etc'));
    const before = treeOf(bait);
    const { code } = await host.cli(['rename', name, 'renamed']);
    expect(treeOf(bait)).toEqual(before);
    await host.cli(['rename', 'renamed', name]);
    expect([0, 1]).toContain(code);
  });

  it('stays in the machine when its files are links to the host', async () => {
    for (const file of ['hostname', 'hosts', 'machine-id']) plantLink(`etc/${file}`, join(bait, 'etc', file));
    const before = treeOf(bait);
    await host.cli(['rename', name, 'renamed']);
    expect(treeOf(bait)).toEqual(before);
    await host.cli(['rename', 'renamed', name]);
  });
});

function plantLink(path: string, target: string): void {
  const link = join(upper, path);
  rmSync(link, { recursive: true, force: true });
  mkdirSync(join(link, '..'), { recursive: true });
  symlinkSync(target, link);
}

/** Everything that a launch could change in a folder: names, kinds, modes, owners, contents. */
function treeOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mode, uid, gid, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {
        mode: 0,
        uid: 0,
        gid: 0,
        mtimeMs: 0,
      };
      const content = entry.isFile()
        ? readFileSync(path, 'utf8')
        : entry.isSymbolicLink()
          ? readlinkSync(path)
          : '';
      return [path, mode.toString(8), uid, gid, mtimeMs, content].join(' ');
    })
    .toSorted();
}

async function stateOf(): Promise<string | undefined> {
  const machines: { name: string; state: string }[] = JSON.parse(
    await host.done(['list', '--json']),
  ).machines;
  return machines.find((machine) => machine.name === name)?.state;
}
