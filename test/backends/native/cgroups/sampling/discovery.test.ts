/** Which groups there are; the hierarchies are folders, which count their links as cgroup trees do. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addonBeside } from '../../../../../src/backends/native/addon.ts';
import type { CgroupLayout } from '../../../../../src/backends/native/cgroups/layout.ts';
import { hostGroups, machineGroups } from '../../../../../src/backends/native/cgroups/sampling/discovery.ts';
import { builtHelper } from '../../../../setup/run-cli.ts';

let root: string;
beforeEach(() => {
  // A file system that counts the directories in a directory: not all do, and tmpfs does.
  root = mkdtempSync('/dev/shm/discovery-');
});
afterEach(() => rmSync(root, { recursive: true }));

function make(...groups: readonly (string | Buffer)[]): void {
  for (const group of groups) {
    mkdirSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from(group)]), { recursive: true });
  }
}

const layout: CgroupLayout = { kind: 'hybrid', unified: undefined, unifiedControllers: [], legacy: {} };

describe('the groups of machines', () => {
  it('are what lies in our parent, monitors apart, and what comes is found', () => {
    make('v2/ours/web', 'v2/ours/monitors', 'v2/others/db');
    const discovery = machineGroups(join(root, 'v2'), 'ours');
    expect(discovery.groups(0, false)).toEqual(['ours/web']);
    make('v2/ours/db');
    expect(discovery.groups(1, false)).toEqual(['ours/db', 'ours/web']);
  });

  it('are looked for anew when one has gone, though there are as many as before', () => {
    make('v2/ours/web', 'v2/ours/db');
    const discovery = machineGroups(join(root, 'v2'), 'ours');
    discovery.groups(0, false);
    rmSync(join(root, 'v2/ours/db'), { recursive: true });
    make('v2/ours/next');
    expect(discovery.groups(1, true)).toEqual(['ours/next', 'ours/web']);
  });

  it('are none where no machine ever ran', () => {
    expect(machineGroups(join(root, 'v2'), 'ours').groups(0, false)).toEqual([]);
  });
});

describe('all groups of a host', () => {
  const both = () => [join(root, 'v2'), join(root, 'memory')];

  it('are those of every hierarchy, as a tree, with what lies in a group right after it', () => {
    make('v2/a/b', 'v2/a-c', 'memory/a/b/only-here', 'memory/z');
    const discovery = hostGroups(both(), layout, 'ours', root);
    expect(discovery.groups(0, false)).toEqual(['', 'a', 'a/b', 'a/b/only-here', 'a-c', 'z']);
  });

  it('are the same by the addon', () => {
    const crowd = Array.from({ length: 20 }, (_, index) => `memory/crowd/${index}`);
    make('v2/a/b', 'v2/a-c', 'memory/a/b/only-here', 'memory/z', ...crowd, 'memory/crowd/7/deep');
    make(Buffer.from([0x76, 0x32, 0x2f, 0xff, 0xfe]));
    const addon = addonBeside(builtHelper);
    expect(addon).toBeDefined();
    const found = hostGroups(both(), layout, 'ours', root, addon).groups(0, false);
    expect(found).toEqual(hostGroups(both(), layout, 'ours', root).groups(0, false));
    expect(found).toEqual(expect.arrayContaining(['a/b/only-here', 'crowd/7/deep', '\xff\xfe']));
  });

  it('are found also where the kernel says how many there are: that number must be met', () => {
    make('v2/a/b', 'memory/a/b/deep');
    const counted = { ...layout, legacy: { memory: join(root, 'memory') } };
    writeFileSync(join(root, 'cgroups'), '#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t4\t4\t1\n');
    expect(hostGroups(both(), counted, 'ours', root).groups(0, false)).toContain('a/b/deep');
    rmSync(join(root, 'memory/a/b/deep'), { recursive: true });
    writeFileSync(join(root, 'cgroups'), '#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t4\t3\t1\n');
    expect(hostGroups(both(), counted, 'ours', root).groups(0, false)).toEqual(['', 'a', 'a/b']);
  });

  it('are looked for no further once there are as many as the kernel counts, first where others have some', () => {
    make('v2/a/b', 'v2/z', 'memory/a/b', 'memory/z');
    const hybrid = { ...layout, unified: join(root, 'v2'), legacy: { memory: join(root, 'memory') } };
    writeFileSync(join(root, 'v2/cgroup.stat'), 'nr_descendants 3\nnr_dying_descendants 0\n');
    writeFileSync(join(root, 'cgroups'), '#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t4\t4\t1\n');
    // The kernel would count it: here it tells whether anybody looks where nothing can be.
    make('memory/z/uncounted');
    expect(hostGroups(both(), hybrid, 'ours', root).groups(0, false)).toEqual(['', 'a', 'a/b', 'z']);
    make('v2/a/b/uncounted');
    expect(hostGroups(both(), hybrid, 'ours', root).groups(0, false)).not.toContain('a/b/uncounted');
  });

  it('are looked for in many beside each other only after everywhere else', () => {
    const crowd = Array.from({ length: 20 }, (_, index) => `v2/crowd/${index}`);
    make(...crowd, 'v2/a/b', 'v2/z/y');
    const counted = { ...layout, unified: join(root, 'v2') };
    writeFileSync(join(root, 'v2/cgroup.stat'), 'nr_descendants 25\nnr_dying_descendants 0\n');
    // The kernel would count them: here they tell whether anybody looks where nothing can be.
    make(...crowd.map((group) => `${group}/uncounted`));
    const found = hostGroups([join(root, 'v2')], counted, 'ours', root).groups(0, false);
    expect(found.filter((group) => group.endsWith('uncounted'))).toEqual([]);
    expect(found).toEqual(expect.arrayContaining(['a/b', 'z/y', 'crowd/19']));
    writeFileSync(join(root, 'v2/cgroup.stat'), 'nr_descendants 45\nnr_dying_descendants 0\n');
    expect(hostGroups([join(root, 'v2')], counted, 'ours', root).groups(0, false)).toHaveLength(46);
  });

  it('of any name are found: the bytes of one are its own', () => {
    make(Buffer.from([0x76, 0x32, 0x2f, 0xff, 0xfe]));
    const [, found = ''] = hostGroups([join(root, 'v2')], layout, 'ours', root).groups(0, false);
    expect(Buffer.from(found, 'latin1')).toEqual(Buffer.from([0xff, 0xfe]));
  });

  it('are machines where monitors lie beside them, and in our parent', () => {
    make('v2/ours/web/inner/monitors', 'v2/ours/web/inner/nested', 'v2/else/where');
    const discovery = hostGroups([join(root, 'v2')], layout, 'ours', root);
    discovery.groups(0, false);
    expect(discovery.machineName('ours/web')).toBe('web');
    expect(discovery.machineName('ours/web/inner/nested')).toBe('nested');
    expect(discovery.machineName('ours/web/inner/monitors')).toBeUndefined();
    expect(discovery.machineName('else/where')).toBeUndefined();
    expect(discovery.machineName('')).toBeUndefined();
  });
});
