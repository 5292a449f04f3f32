import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/backends/backend.ts';
import type { Examination } from '../../../../src/backends/native/doctor/context.ts';
import { examineHost } from '../../../../src/backends/native/doctor/examine-host.ts';
import { describeFolder } from '../../../../src/backends/native/doctor/root-folder.ts';
import { writeFakeHelper } from '../fake-helper.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
  mkdirSync(`${fixture.root}/cgroup`);
  writeFakeHelper(
    `${fixture.root}/helper`,
    'record feature overlay yes; record feature btrfs no; record feature overlay-append-layers no; record feature openat2 no; record feature cgroup-freeze no; record feature clone-into-cgroup no; end',
  );
});
afterEach(() => fixture.remove());

function examine(change: Partial<Examination> = {}): Promise<readonly Finding[]> {
  return examineHost({
    root: fixture.root,
    runRoot: `${fixture.root}/run`,
    helperPath: `${fixture.root}/helper`,
    cgroupParent: 'ours',
    layout: fixture.layout,
    procRoot: `${fixture.root}/proc`,
    hostRoot: fixture.root,
    commandPath: '/bin',
    arch: 'x64',
    uid: 0,
    known: ['web'],
    ...change,
  });
}

const find = async (subject: string, change: Partial<Examination> = {}) =>
  (await examine(change)).find((finding) => finding.subject === subject);

describe('doctor', () => {
  it('gives a fix with whatever is not in order', async () => {
    const findings = await examine({ uid: 1000, arch: 'mips' });
    expect(findings.filter(({ verdict }) => verdict !== 'ok').length).toBeGreaterThan(3);
    for (const finding of findings) {
      if (finding.verdict !== 'ok') expect(finding.fix, finding.subject).toBeTruthy();
    }
  });

  it('tells of the root folder how much is free, and that nothing can be written there', async () => {
    expect(await find('root folder')).toMatchObject({
      verdict: 'ok',
      detail: expect.stringMatching(/ [MG]iB free$/),
    });
    const state = { refusal: undefined, freeBytes: 2 ** 30, freeInodes: 5 };
    expect(describeFolder('/x', state)).toMatchObject({ verdict: 'ok', detail: '/x, 1024 MiB free' });
    const roomy = describeFolder('/x', { ...state, freeBytes: 80.9 * 2 ** 30 });
    expect(roomy.detail).toBe('/x, 80 GiB free');
    expect(describeFolder('/x', { ...state, refusal: 'EROFS' })).toMatchObject({
      verdict: 'problem',
      detail: '/x lies on a read-only file system',
    });
    for (const full of [{ freeBytes: 2 ** 20 }, { freeInodes: 0 }])
      expect(describeFolder('/x', { ...state, ...full })).toMatchObject({ verdict: 'problem' });
  });

  it('reports what the helper found the kernel to have', async () => {
    expect(await find('kernel: overlay')).toMatchObject({ verdict: 'ok' });
    expect(await find('kernel: btrfs')).toMatchObject({ verdict: 'note' });
    expect(await find('kernel: overlay-append-layers')).toMatchObject({ verdict: 'note' });
    expect(await find('kernel: openat2')).toMatchObject({ verdict: 'problem' });
  });

  it('says what is lost without a feature that a machine can start without', async () => {
    for (const feature of ['btrfs', 'overlay-append-layers', 'cgroup-freeze'])
      expect((await find(`kernel: ${feature}`))?.fix).toMatch(/^Lost: /);
  });

  it('needs birth in a group only where v2 is mounted: v1 groups are joined after it', async () => {
    expect(await find('kernel: clone-into-cgroup')).toMatchObject({ verdict: 'problem' });
    const legacy = { kind: 'legacy', unified: undefined, unifiedControllers: [], legacy: {} } as const;
    expect(await find('kernel: clone-into-cgroup', { layout: legacy })).toMatchObject({
      verdict: 'note',
      fix: expect.stringMatching(/^Lost: /),
    });
  });

  it('notes AppArmor plainly, and names the package that loads profiles', async () => {
    expect(await find('AppArmor')).toEqual({
      subject: 'AppArmor',
      verdict: 'ok',
      detail: 'none here: machines run without a profile, and need none',
    });
    fixture.write('sys/module/apparmor/parameters/enabled', 'Y\n');
    expect(await find('AppArmor')).toMatchObject({
      verdict: 'note',
      fix: expect.stringContaining('securityfs'),
    });
    fixture.write('sys/kernel/security/apparmor/profiles', '');
    expect(await find('AppArmor')).toMatchObject({
      verdict: 'note',
      fix: expect.stringContaining('package apparmor'),
    });
  });

  it('reports a missing helper instead of failing', async () => {
    expect(await find('helper', { helperPath: '/nowhere' })).toMatchObject({ verdict: 'problem' });
  });

  it('misses a controller by what it is for', async () => {
    expect(await find('cgroup controller memory')).toMatchObject({ verdict: 'ok' });
    expect(await find('cgroup controller cpu')).toMatchObject({
      verdict: 'warning',
      detail: 'missing: no cpu.max',
    });
  });

  it('wants root, and finds tools where the PATH says', async () => {
    expect(await find('user', { uid: 1000 })).toMatchObject({ verdict: 'problem' });
    expect(await find('tar')).toMatchObject({ verdict: 'warning' });
    fixture.write('bin/tar', '');
    writeFakeHelper(`${fixture.root}/bin/tar`, 'exit 0');
    expect(await find('tar')).toMatchObject({ verdict: 'ok' });
    writeFakeHelper(`${fixture.root}/bin/apt-get`, 'exit 0');
    expect((await find('busybox'))?.detail).toMatch(/^fetched at its first use by .*apt-get$/);
  });

  it('says of each storage driver whether it works below the root folder', async () => {
    expect(await find('storage btrfs')).toMatchObject({
      verdict: 'note',
      detail: `${fixture.root} does not lie on btrfs`,
      fix: expect.stringContaining('--root'),
    });
    expect(await find('storage overlay')).toMatchObject({ verdict: 'ok' });
    expect((await find('storage dir'))?.detail).toMatch(/^works; (copies share|each snapshot and clone)/);
    expect(readdirSync(fixture.root).filter((name) => name.startsWith('.copy-'))).toEqual([]);
    const nowhere = `${fixture.root}/not/yet`;
    expect(await find('storage dir', { root: nowhere })).toMatchObject({ verdict: 'ok' });
    expect(existsSync(nowhere)).toBe(false);
  });

  it('points at a malformed line of /etc/subuid', async () => {
    fixture.write('etc/subuid', 'root:100000:65536\nbroken\n');
    expect(await find('subordinate ids')).toMatchObject({ verdict: 'warning' });
  });

  it('finds no leftovers where all is in order', async () => {
    fixture.writeState(['phase', 'running'], ['monitor', 50, 1000], ['init', 60, 1001]);
    fixture.addProcess(50, 1000);
    fixture.writeGroup('cgroup.procs', '60\n');
    fixture.write('cgroup/ours/monitors/cgroup.procs', '50\n');
    fixture.write('ids/100000', 'web');
    fixture.write('locks/web', '');
    fixture.write('locks/image.busybox-1234', '');
    expect(await find('leftovers')).toMatchObject({ verdict: 'ok' });
  });

  it('leaves a machine of another root folder in peace', async () => {
    fixture.write('cgroup/ours/monitors/cgroup.procs', '70\n');
    fixture.write('cgroup/ours/theirs/cgroup.procs', '71\n');
    fixture.write('proc/71/stat', '71 (init) S 70 71 71 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 1000 0 0');
    const finding = (await examine()).find(({ subject }) => subject === 'cgroup of theirs');
    expect(finding).toMatchObject({ verdict: 'note', detail: expect.stringContaining('monitor pid 70') });
    expect(finding?.fix).not.toMatch(/kill/);
  });

  it('finds run directories, groups, id ranges and locks that belong to nobody', async () => {
    fixture.writeState(['phase', 'running'], ['monitor', 50, 1000], ['init', 60, 1001]);
    fixture.writeGroup('cgroup.procs', '');
    fixture.write('cgroup/ours/ghost/cgroup.procs', '4000000\n');
    fixture.write('ids/165536', 'ghost');
    fixture.write('locks/ghost', '');
    const findings = await examine();
    const about = (subject: string) => findings.find((finding) => finding.subject === subject);
    expect(about('run directory of web')?.fix).toBe('tsmachine stop web');
    expect(about('cgroup of web')?.verdict).toBe('warning');
    expect(about('cgroup of ghost')).toMatchObject({
      verdict: 'problem',
      fix: expect.stringContaining('kill -KILL 4000000'),
    });
    // No command would: it does not run.
    expect(about('cgroup of web')?.fix).toMatch(/^find \S+\/ours\/web -depth -type d -exec rmdir {} \\;$/);
    expect(about('id range 165536')?.detail).toContain('"ghost"');
    expect(about('lock of ghost')).toMatchObject({
      verdict: 'note',
      fix: expect.stringMatching(/^If no command on that name is under way: rm .*\/locks\/ghost$/),
    });
  });
});
