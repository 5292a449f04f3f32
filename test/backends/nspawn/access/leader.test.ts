/** Whom machined names, and who that pid is by now: on a /proc of the test's own. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MachineStatus } from '../../../../src/backends/backend.ts';
import type { ManagedMachine } from '../../../../src/backends/manager/views.ts';
import type { CgroupLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import { openLeader } from '../../../../src/backends/nspawn/access/leader.ts';
import { surroundingsOf } from '../../../../src/backends/nspawn/access/surroundings.ts';

const UNIT = 'systemd-nspawn@web.service';
const GROUP = `/machine.slice/${UNIT}/payload`;
const running: MachineStatus = { state: 'running', pid: 60, monitorPid: 50, startedAt: 1 };

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'tsmachine-leader-'));
  write('stat', `60 (init) S 50 ${'0 '.repeat(17)}1001 0`);
  write('status', 'NSpid:\t60\t1\nCapBnd:\t0000000000000041\nNoNewPrivs:\t1\nSeccomp:\t2\n');
  write('cgroup', `4:memory:${GROUP}\n0::${GROUP}/init.scope\n`);
  write('environ', 'container=systemd-nspawn\0container_uuid=12ab-cd\0SECRET=x\0');
  write('limits', 'Max open files            2000                 4000                 files\n');
  for (const name of ['user', 'mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup']) write(`ns/${name}`, '');
});
afterEach(() => rmSync(proc, { recursive: true }));

function write(name: string, text: string): void {
  const path = join(proc, '60', name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function share(namespace: string): void {
  const path = join(proc, '60', 'ns', namespace);
  rmSync(path);
  symlinkSync(`/proc/self/ns/${namespace}`, path);
}

function open(status: MachineStatus = running) {
  const machine: ManagedMachine = {
    name: 'web',
    image: null,
    status,
    unit: UNIT,
    service: 'systemd-nspawn',
    rootDirectory: null,
  };
  return openLeader(machine, proc);
}

const layout: CgroupLayout = {
  kind: 'hybrid',
  unified: '/cg/unified',
  unifiedControllers: [],
  legacy: { memory: '/cg/memory' },
};

function surroundings() {
  const leader = open();
  try {
    return surroundingsOf(leader, layout);
  } finally {
    leader.files.close();
  }
}

describe('the leader of a machine', () => {
  it('is the first process of its unit, with its start', () => {
    const { init, files } = open();
    files.close();
    expect(init).toEqual({ pid: 60, start: 1001 });
  });

  it('is nobody whose pid came to be somebody else’s', () => {
    write('cgroup', '0::/machine.slice/systemd-nspawn@other.service/payload\n');
    expect(() => open()).toThrow(expect.objectContaining({ code: 'not-running' }));
    write('cgroup', `0::${GROUP}\n`);
    write('status', 'NSpid:\t60\t17\n');
    expect(() => open()).toThrow(expect.objectContaining({ code: 'not-running' }));
    rmSync(join(proc, '60'), { recursive: true });
    expect(() => open()).toThrow(expect.objectContaining({ code: 'not-running' }));
  });

  it.each(['mnt', 'pid'])(
    'is refused if it has the %s namespace of the host: commands would run there',
    (name) => {
      share(name);
      expect(() => open()).toThrow(expect.objectContaining({ code: 'unsupported' }));
    },
  );

  it('is not there before the machine is up, nor when it is down', () => {
    expect(() => open({ state: 'starting', monitorPid: 1 })).toThrow(
      expect.objectContaining({ code: 'busy' }),
    );
    expect(() => open({ state: 'stopped', lastExit: undefined })).toThrow(
      expect.objectContaining({ code: 'not-running' }),
    );
  });
});

describe('what a command is given', () => {
  it('is what its leader has: namespaces that are not the host’s, groups, rights, words', () => {
    share('net');
    const { namespaces, cgroups, confinement, environment } = surroundings();
    expect(namespaces).toEqual(['user', 'mount', 'pid', 'uts', 'ipc', 'cgroup']);
    expect(cgroups).toEqual([`/cg/unified${GROUP}/init.scope`, `/cg/memory${GROUP}`]);
    const lines = confinement.map(({ name, arguments: words }) => [name, ...words].join(' '));
    expect(lines[0]).toMatch(/^rlimit nofile 1024 \d+$/);
    expect(lines.slice(1, 3)).toEqual(['capabilities 0 6', 'no-new-privileges']);
    expect(lines[3]).toMatch(/^seccomp [0-9a-f]+$/);
    expect(environment).toEqual({ container: 'systemd-nspawn', container_uuid: '12ab-cd' });
  });

  it('has no filter where its leader has none, and no word that is none', () => {
    write('status', 'NSpid:\t60\t1\nCapBnd:\t0\nNoNewPrivs:\t0\nSeccomp:\t0\n');
    write('environ', 'container=a b\0container_uuid=\x1b[31m\0');
    const { confinement, environment } = surroundings();
    expect(confinement.map(({ name }) => name)).toEqual(['rlimit', 'capabilities']);
    expect(environment).toEqual({ container: 'systemd-nspawn' });
  });

  it('is refused when its group lies outside of what we see', () => {
    write('cgroup', `0::/../../${UNIT}/payload\n`);
    expect(() => surroundings()).toThrow(expect.objectContaining({ code: 'failed' }));
  });
});
