import { describe, expect, it } from 'vitest';
import type { BackendError, MachineSpec } from '../../../src/backends/backend.ts';
import { CAPABILITIES } from '../../../src/backends/native/capabilities.ts';
import type { HostFacts } from '../../../src/backends/native/host-facts.ts';
import { INSIDE_RANKS, type LaunchPlan, OUTSIDE_RANKS } from '../../../src/backends/native/operations.ts';
import { buildPlan } from '../../../src/backends/native/plan.ts';
import { explainPlan } from '../../../src/backends/native/plan-steps.ts';
import { expectGoldenPlan } from './golden-plan.ts';
import { HOST, machineHandle, SELF_ARGV } from './machine-spec.ts';

function planOf(changes: Partial<MachineSpec> = {}, host: HostFacts = HOST): LaunchPlan {
  return buildPlan(machineHandle(changes), host, SELF_ARGV);
}

/** Every operation as one line. */
function linesOf(plan: LaunchPlan): readonly string[] {
  return [...plan.machine, ...plan.outside, ...plan.inside].map(({ operation, arguments: args }) =>
    [operation, ...args].join(' '),
  );
}

function argumentsOf(plan: LaunchPlan, operation: string): readonly string[] | undefined {
  return [...plan.outside, ...plan.inside].find((step) => step.operation === operation)?.arguments;
}

function refusalOf(changes: Partial<MachineSpec>, host: HostFacts = HOST): BackendError {
  try {
    planOf(changes, host);
  } catch (error) {
    return error as BackendError;
  }
  throw new Error('the plan was not refused');
}

const LAYER = '/var/lib/tsmachine/layers/busybox/fs';

/** An init that says when it has booted. */
const SYSTEMD: Partial<MachineSpec> = { init: { ...machineHandle().spec.init, notifies: true } };

const BINDS: Partial<MachineSpec> = {
  binds: [
    { source: '/srv/data', path: '/srv/data/deep', readOnly: true },
    { source: '/home/me', path: '/srv', readOnly: false },
  ],
  tmpfs: [{ path: '/tmp', sizeBytes: 16 * 1024 * 1024 }, { path: '/srv/scratch' }],
};

const LEGACY_HOST: HostFacts = {
  ...HOST,
  layout: {
    kind: 'hybrid',
    unified: '/sys/fs/cgroup/unified',
    unifiedControllers: [],
    legacy: {
      memory: '/sys/fs/cgroup/memory',
      pids: '/sys/fs/cgroup/pids',
      devices: '/sys/fs/cgroup/devices',
    },
  },
  devices: { fuse: false, tun: false },
};

describe('the golden plans', () => {
  it.each<[string, Partial<MachineSpec>, HostFacts]>([
    ['plan-busybox', {}, HOST],
    ['plan-privileged', { privileged: true, idRange: undefined }, HOST],
    ['plan-nesting', { nesting: true }, HOST],
    ['plan-systemd', SYSTEMD, HOST],
    ['plan-apparmor', { noNewPrivileges: true }, { ...HOST, apparmor: 'ready' }],
    ['plan-binds', BINDS, HOST],
    ['plan-dir', { storage: { driver: 'dir', layers: [LAYER] } }, HOST],
    ['plan-btrfs', { storage: { driver: 'btrfs', layers: [LAYER] } }, HOST],
    [
      'plan-limits-hybrid',
      {
        limits: { 'memory.max': 2 ** 28, 'pids.max': 512 },
        rlimits: { nofile: { soft: 1024, hard: 'unlimited' } },
      },
      LEGACY_HOST,
    ],
  ])('%s is what it was', (name, changes, host) => {
    expectGoldenPlan(name, explainPlan(planOf(changes, host)));
  });
});

describe('a launch plan', () => {
  it.each<[string, Partial<MachineSpec>]>([
    ['plain', {}],
    ['privileged', { privileged: true }],
    ['nesting', { nesting: true }],
    ['with binds', BINDS],
    ['without seccomp', { seccomp: 'off', noNewPrivileges: true }],
  ])('never goes back a rank: %s', (_, changes) => {
    const plan = planOf(changes);
    const outside = plan.outside.map(
      ({ operation }) => OUTSIDE_RANKS[operation as keyof typeof OUTSIDE_RANKS],
    );
    const inside = plan.inside.map(({ operation }) => INSIDE_RANKS[operation as keyof typeof INSIDE_RANKS]);
    expect(outside).toEqual(outside.toSorted());
    expect(inside).toEqual(inside.toSorted());
    expect([...outside, ...inside]).not.toContain(undefined);
    expect(plan.inside.at(-1)?.operation).toBe('exec');
  });

  it('is the same for the same spec and host', () => {
    expect(planOf(BINDS)).toEqual(planOf(BINDS));
  });

  it('gives a machine all eight namespaces and its own ids', () => {
    const plan = planOf();
    expect(argumentsOf(plan, 'namespaces')).toHaveLength(8);
    expect(linesOf(plan)).toContain('id-map gid 0 536870912 65536');
    expect(argumentsOf(plan, 'overlay')?.[1]).toBe('mapped');
  });

  it('makes a privileged machine without a user namespace, and says so', () => {
    const plan = planOf({ ...BINDS, privileged: true });
    expect(argumentsOf(plan, 'namespaces')).not.toContain('user');
    expect(linesOf(plan).join('\n')).not.toMatch(/id-map|mapped|cgroup-delegate/);
    expect(
      explainPlan(plan)
        .map(({ explanation }) => explanation)
        .join(),
    ).toContain('PRIVILEGED');
  });

  it('refuses a range that begins with root of the host', () => {
    expect(refusalOf({ idRange: { base: 0, count: 65536 } }).message).toContain('no range of host ids');
    expect(refusalOf({ idRange: undefined }).message).toContain('no range of host ids');
  });

  it('guards /proc and /sys after every mount, whatever is mounted', () => {
    const operations = planOf({ ...BINDS, nesting: true }).inside.map(({ operation }) => operation);
    const lastMount = Math.max(operations.lastIndexOf('mount'), operations.lastIndexOf('attach'));
    expect(operations.indexOf('mask')).toBeGreaterThan(lastMount);
    expect(operations.indexOf('read-only')).toBeGreaterThan(lastMount);
  });

  it('leaves /proc/sys/net writable and nothing else of /proc/sys', () => {
    const readOnly = planOf()
      .inside.filter(({ operation }) => operation === 'read-only')
      .map((step) => step.arguments[0]);
    for (const name of ['abi', 'debug', 'dev', 'fs', 'kernel', 'user', 'vm'])
      expect(readOnly).toContain(`/proc/sys/${name}`);
    expect(readOnly).not.toContain('/proc/sys/net');
  });

  it('lends only the devices that the host has', () => {
    const lines = linesOf(planOf({}, LEGACY_HOST)).join('\n');
    expect(lines).not.toMatch(/fuse|tun/);
    expect(lines).toContain('device /dev/urandom /dev/urandom');
  });
});

describe('marks of packets', () => {
  const limits = { 'net_cls.classid': 0x100001, 'net_prio.ifpriomap': { lo: 5, eth0: 6 } };
  const marked = (host: HostFacts) =>
    explainPlan(planOf({ limits }, host)).find(({ operation }) => operation === 'cgroup-marks');
  const withV1 = (legacy: Readonly<Record<string, string>>) => ({
    ...HOST,
    layout: { ...HOST.layout, legacy },
  });

  it('are written by a program of the v2 group, for interfaces that a machine begins with', () => {
    expect(marked(HOST)?.arguments).toEqual([
      '/sys/fs/cgroup/tsmachine/alpha',
      'mark 0x100001',
      'priority 5 on interface 1',
    ]);
    expect(argumentsOf(planOf(), 'cgroup-marks')).toBeUndefined();
    const later = { limits: { 'net_prio.ifpriomap': { eth0: 6 } } };
    expect(argumentsOf(planOf(later), 'cgroup-marks')).toBeUndefined();
  });

  it('are left to v1 as far as that has the controllers', () => {
    expect(marked(withV1({ net_cls: '/net_cls' }))?.arguments.slice(1)).toEqual([
      'priority 5 on interface 1',
    ]);
    const lines = linesOf(planOf({ limits }, withV1({ net_cls: '/net', net_prio: '/net' })));
    expect(lines).toContain('cgroup-write /net/tsmachine/alpha/net_cls.classid 1048577');
    expect(lines.join()).not.toContain('cgroup-marks');
  });

  it('are refused where nothing writes them', () => {
    const layout = { kind: 'legacy', unified: undefined, unifiedControllers: [], legacy: {} } as const;
    for (const host of [
      { ...HOST, layout },
      { ...HOST, inUserNamespace: true },
    ])
      expect(refusalOf({ limits, privileged: true, idRange: undefined }, host)).toMatchObject({
        code: 'unsupported',
        message: 'net_cls.classid, net_prio.ifpriomap: nothing marks packets on this host',
      });
  });
});

describe('the guard of devices', () => {
  const allow = { limits: { 'devices.allow': { 'c 10:232': 'rw' } } };
  const guardsOf = (plan: LaunchPlan) =>
    linesOf(plan).filter((line) => /^cgroup-(write|devices) .*devices/.test(line));

  it('stands in v1 where that has the controller, else in v2, in every machine', () => {
    expect(argumentsOf(planOf(), 'cgroup-devices')?.[0]).toBe('/sys/fs/cgroup/tsmachine/alpha');
    const privileged = { privileged: true, idRange: undefined };
    expect(argumentsOf(planOf(privileged), 'cgroup-devices')).toEqual(
      argumentsOf(planOf(), 'cgroup-devices'),
    );
    expect(argumentsOf(planOf(allow), 'cgroup-devices')).not.toEqual(argumentsOf(planOf(), 'cgroup-devices'));
    const lines = linesOf(planOf(allow, LEGACY_HOST));
    expect(lines.indexOf('cgroup-create /sys/fs/cgroup/devices/tsmachine/alpha')).toBeLessThan(
      lines.indexOf('cgroup-write /sys/fs/cgroup/devices/tsmachine/alpha/devices.deny a'),
    );
    expect(lines).toContain('cgroup-write /sys/fs/cgroup/devices/tsmachine/alpha/devices.allow c 10:232 rw');
    expect(lines.join()).not.toContain('cgroup-devices');
  });

  it('is missing with a, which a person writes, and in a user namespace, where nothing can be allowed', () => {
    const all = { limits: { 'devices.allow': { a: 'rwm' } } };
    const inside = { ...HOST, inUserNamespace: true };
    const noTree = {
      ...HOST,
      layout: { kind: 'legacy', unified: undefined, unifiedControllers: [], legacy: {} },
    } as const;
    const shared = { privileged: true, idRange: undefined };
    for (const host of [HOST, inside, noTree])
      expect(guardsOf(planOf({ ...all, ...shared }, host))).toEqual([]);
    for (const host of [inside, noTree]) {
      expect(guardsOf(planOf(shared, host))).toEqual([]);
      expect(refusalOf({ ...allow, ...shared }, host)).toMatchObject({ code: 'unsupported' });
    }
  });
});

describe('on a host that is a container itself', () => {
  const inside = { ...HOST, inUserNamespace: true };

  it('a machine has no ids of its own, and is told how it can do without', () => {
    expect(refusalOf({}, inside)).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('privileged=true'),
    });
  });

  it('no clock is shifted, which needs a right that no container has', () => {
    const shared = { privileged: true, idRange: undefined };
    expect(linesOf(planOf(shared, { ...inside, setsClocks: false }))).not.toContain('clock-zero');
    // A container that shares the ids of its host has no such right either.
    for (const machine of [{}, shared]) {
      expect(linesOf(planOf(machine, { ...HOST, setsClocks: false }))).not.toContain('clock-zero');
      expect(linesOf(planOf(machine))).toContain('clock-zero');
    }
  });
});

describe('mounts of the configuration', () => {
  it('come below the mounts that they lie in, whatever their order', () => {
    const lines = linesOf(planOf(BINDS));
    const positions = [
      'attach bind-1 /srv as-source',
      'attach bind-0 /srv/data/deep as-source',
      'mount tmpfs /srv/scratch nosuid,nodev mode=0755',
    ].map((line) => lines.indexOf(line));
    expect(positions).not.toContain(-1);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  it.each([
    '/',
    '/proc',
    '/proc/sys/kernel',
    '/sys/fs/cgroup',
    '/dev',
    '/dev/pts',
    '/run',
    '/run/host/notify',
  ])('are refused on %s', (path) => {
    expect(refusalOf({ binds: [{ source: '/srv', path, readOnly: true }] })).toMatchObject({ path });
    expect(refusalOf({ tmpfs: [{ path }] })).toMatchObject({ path, hint: expect.stringContaining('Choose') });
  });

  it.each(['srv', '', '/a/../proc', '/a/./b', '/a//b', '/a/', '/..'])(
    "are refused on '%s', which is not plain",
    (path) => {
      expect(refusalOf({ binds: [{ source: '/srv', path, readOnly: true }] }).message).toContain(
        'plain absolute path',
      );
      expect(refusalOf({ binds: [{ source: path, path: '/srv', readOnly: true }] }).message).toContain(
        'plain absolute path',
      );
    },
  );

  it('may have dots in names', () => {
    expect(linesOf(planOf({ tmpfs: [{ path: '/var/..data/.cache' }] }))).toContain(
      'directory /var/..data/.cache 0755',
    );
  });
});

describe('confinement', () => {
  it('gives up what reaches the host', () => {
    const kept = argumentsOf(planOf(), 'capabilities') ?? [];
    const names = CAPABILITIES.filter(({ number }) => kept.includes(String(number))).map(({ name }) => name);
    expect(names).toContain('sys_admin');
    for (const name of [
      'sys_module',
      'sys_rawio',
      'sys_time',
      'mac_admin',
      'audit_control',
      'syslog',
      'wake_alarm',
    ]) {
      expect(names).not.toContain(name);
    }
  });

  it('adds and drops capabilities, drop winning', () => {
    const kept = argumentsOf(
      planOf({ capabilities: { add: ['sys_time', 'syslog'], drop: ['mknod', 'syslog'] } }),
      'capabilities',
    );
    expect(kept).toContain('25');
    expect(kept).not.toContain('27');
    expect(kept).not.toContain('34');
  });

  it('refuses an unknown capability and knows what was meant', () => {
    expect(refusalOf({ capabilities: { add: ['CAP_NET_ADMIN'], drop: [] } }).hint).toBe(
      "Write it as 'net_admin'.",
    );
    expect(refusalOf({ capabilities: { add: [], drop: ['fly'] } }).message).toContain("'fly'");
  });

  it('refuses seccomp where nobody may load it', () => {
    const capabilities = { add: [], drop: ['sys_admin'] };
    expect(refusalOf({ capabilities })).toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('seccomp to off'),
    });
    expect(linesOf(planOf({ capabilities, noNewPrivileges: true })).join()).toContain('no-new-privileges');
    expect(argumentsOf(planOf({ capabilities, seccomp: 'off' }), 'seccomp')).toBeUndefined();
  });

  it('refuses seccomp on a processor without a filter', () => {
    expect(refusalOf({}, { ...HOST, arch: 's390x' }).hint).toContain('seccomp: off');
    expect(argumentsOf(planOf({ seccomp: 'off' }, { ...HOST, arch: 's390x' }), 'seccomp')).toBeUndefined();
  });

  it("passes init's own variables over the clean environment and nothing of ours", () => {
    process.env['SECRET_OF_THE_CALLER'] = '1';
    const environment = linesOf(
      planOf({ init: { ...machineHandle().spec.init, environment: { TERM: 'dumb', LANG: 'C' } } }),
    ).filter((line) => line.startsWith('environment'));
    delete process.env['SECRET_OF_THE_CALLER'];
    expect(environment.map((line) => line.slice('environment '.length))).toEqual([
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'TERM=dumb',
      'container=tsmachine',
      'container_uuid=01234567-89ab-cdef-0123-456789abcdef',
      'LANG=C',
    ]);
  });
});

describe('the steps for a person', () => {
  it('are one for each operation, with words and no raw filter', () => {
    const plan = planOf(BINDS);
    const steps = explainPlan(plan);
    expect(steps).toHaveLength(plan.machine.length + plan.outside.length + plan.inside.length);
    for (const step of steps) {
      expect(step.explanation).toMatch(/^[a-z].{12,}[^.]$/);
      expect(step.explanation).not.toMatch(/undefined|NaN|[0-9a-f]{64}/);
    }
    const onExit = steps.find(({ operation }) => operation === 'on-exit');
    expect(onExit?.explanation, 'its arguments are shown beside it').not.toContain(onExit?.arguments[0]);
    const seccomp = steps.find(({ operation }) => operation === 'seccomp');
    expect(seccomp?.arguments).toEqual(['default for x64', expect.stringMatching(/^\d+ instructions$/)]);
  });
});
