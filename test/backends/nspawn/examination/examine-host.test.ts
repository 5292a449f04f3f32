import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import type { CgroupLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import { examineHost } from '../../../../src/backends/nspawn/examination/examine-host.ts';
import { type Replies, recordedBus } from '../views/recorded-bus.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'examined-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function runBySystemd(): void {
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  write('proc/1/comm', 'systemd\n');
}

const layout = (kind: CgroupLayout['kind']): CgroupLayout => ({
  kind,
  unified: '/sys/fs/cgroup',
  unifiedControllers: [],
  legacy: {},
});
const examine = (replies: Replies, { uid = 0, kind = 'unified' as CgroupLayout['kind'] } = {}) =>
  examineHost(recordedBus(replies).context, () => ({ hostRoot: root, layout: layout(kind), uid }));
const failing = (error: unknown) => {
  const { context } = recordedBus({});
  const refuse = async () => {
    throw error;
  };
  return { ...context, machine1: { ...context.machine1, listMachines: refuse, listImages: refuse } };
};

const answers: Replies = {
  'Get systemd1 Version': ['252.39-1~deb12u2'],
  ListMachines: [
    [
      ['.host', 'host', '', '/o'],
      ['web', 'container', 'systemd-nspawn', '/o'],
    ],
  ],
  ListImages: [
    [
      ['.host', 'directory', false, 1n, 0n, 0n, '/o'],
      ['web', 'directory', false, 1n, 0n, 0n, '/o'],
    ],
  ],
};

describe('a host that systemd does not run', () => {
  it('has one quiet note, and is asked nothing', async () => {
    const { context, rounds } = recordedBus({});
    const found = await examineHost(context, () => ({ hostRoot: root, layout: layout('hybrid'), uid: 0 }));
    expect(found).toEqual([
      {
        subject: 'systemd-nspawn',
        verdict: 'note',
        detail: "the nspawn backend cannot be used here: systemd is not this host's init",
        fix: 'Native machines need none of it.',
      },
    ]);
    expect(rounds).toEqual([]);
  });
});

describe('a host that systemd runs', () => {
  beforeEach(runBySystemd);

  it('says what there is, and that a btrfs would be better', async () => {
    const found = await examine(answers);
    expect(found.map(({ subject, verdict, detail }) => [subject, verdict, detail])).toEqual([
      ['systemd', 'ok', 'version 252.39-1~deb12u2'],
      ['systemd-machined', 'ok', '1 machine running, 1 image'],
      ['/var/lib/machines', 'note', expect.stringContaining('not btrfs')],
      ['limits of units', 'ok', 'cgroup v2 alone'],
    ]);
  });

  it('never warns, whatever is old about it: nobody need have such machines', async () => {
    const withNames = {
      ...answers,
      'Get systemd1 Version': ['245.4'],
      ListActivatableNames: [['org.example']],
    };
    const all = await examine(withNames, { uid: 1000, kind: 'hybrid' });
    expect(
      all.filter(({ verdict }) => verdict !== 'ok').map(({ subject, verdict }) => [subject, verdict]),
    ).toEqual([
      ['systemd', 'note'],
      ['/var/lib/machines', 'note'],
      ['limits of units', 'note'],
      ['polkit', 'note'],
    ]);
    expect(all.every(({ verdict, fix }) => verdict === 'ok' || fix !== undefined)).toBe(true);
  });

  it('says to who is not root what polkit is there for', async () => {
    const withPolkit = { ...answers, ListActivatableNames: [['org.freedesktop.PolicyKit1']] };
    expect((await examine(withPolkit, { uid: 1000 })).at(-1)?.detail).toContain('as far as polkit lets you');
  });

  it.each([
    ['ID=debian', 'apt install systemd-container'],
    ['ID="linuxmint"\nID_LIKE="ubuntu debian"', 'apt install systemd-container'],
    ["ID='opensuse-leap'\nID_LIKE='suse opensuse'", 'zypper install systemd-container'],
    ['ID=plan9', 'Install the package systemd-container.'],
  ])('without machined is told how to install it: %j', async (release, command) => {
    write('etc/os-release', `NAME=x\n${release}\n`);
    const lack = new BackendError('unsupported', 'nobody answers for systemd-machined on the system bus');
    const context = failing(lack);
    const answered = { ...context, systemd1: recordedBus(answers).context.systemd1 };
    const found = await examineHost(answered, () => ({ hostRoot: root, layout: layout('unified'), uid: 0 }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ verdict: 'note', fix: expect.stringContaining(command) });
  });

  it('that does not answer is no alarm', async () => {
    const found = await examine({});
    expect(found).toMatchObject([{ subject: 'systemd-nspawn', verdict: 'note' }]);
  });
});
