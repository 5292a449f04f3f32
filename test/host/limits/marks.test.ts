/** Marks of packets: what the program of a machine's v2 group writes, told from it. That it bites is tested in test/vm/marks.test.ts. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import type { CgroupLimits } from '../../../src/backends/limits.ts';
import { isByProgram } from '../../../src/backends/native/cgroups/limits.ts';
import { runMark } from '../../setup/test-run.ts';
import { HELPER } from '../native-machine.ts';
import { compileAttack } from '../security/attack.ts';
import { layout, withLimitedMachines } from './limited-machines.ts';

const { host, started, set, expectInForce } = withLimitedMachines('marks');

const MARK = 'net_cls.classid';
const PRIORITIES = 'net_prio.ifpriomap';
const marked: CgroupLimits = { [MARK]: 0x100001, [PRIORITIES]: { lo: 5 } };

const inForce = (machine: MachineHandle) => {
  const { limits = {}, different } = host().backend.limitsInForce(machine) ?? {};
  return { mark: limits[MARK], priorities: limits[PRIORITIES], different };
};

/** In the network namespace of the machine, by the host's own program. */
function ip(machine: MachineHandle, ...words: readonly string[]): void {
  const status = host().backend.status(machine);
  execFileSync('nsenter', ['-n', '-t', String('pid' in status ? status.pid : ''), 'ip', ...words]);
}

it('are a program on this host', () => {
  expect(isByProgram(layout, MARK) && isByProgram(layout, PRIORITIES)).toBe(true);
});

describe('a machine', () => {
  it('has no marks but those that are set, at its start, while it runs, and after a restart', async () => {
    expect(inForce(await started({}))).toEqual({ mark: 0, priorities: {}, different: [] });
    let machine = await started(marked);
    expect(inForce(machine)).toEqual({ mark: 0x100001, priorities: { lo: 5 }, different: [] });
    machine = set(machine, { [MARK]: 2 ** 32 - 1 });
    expect(inForce(machine)).toEqual({ mark: 2 ** 32 - 1, priorities: {}, different: [] });
    machine = set(machine, {});
    expect(inForce(machine)).toEqual({ mark: 0, priorities: {}, different: [] });
    machine = set(machine, marked);
    await host().backend.kill(machine);
    await expect.poll(() => host().backend.status(machine).state).toBe('stopped');
    await host().backend.start(machine);
    expect(inForce(machine)).toEqual({ mark: 0x100001, priorities: { lo: 5 }, different: [] });
  });

  it('keeps the mark when its priorities alone are changed, and the other way round', async () => {
    const machine = await started(marked);
    host().backend.changeLimits(machine, { ...marked, [PRIORITIES]: { lo: 6 } }, [PRIORITIES]);
    expect(inForce(machine)).toMatchObject({ mark: 0x100001, priorities: { lo: 6 } });
    host().backend.changeLimits(machine, { [PRIORITIES]: { lo: 6 } }, [MARK]);
    expect(inForce(machine)).toMatchObject({ mark: 0, priorities: { lo: 6 } });
  });

  it('has priorities on interfaces that came into it later, from the next set on', async () => {
    const limits = { [PRIORITIES]: { late0: 6, lo: 1 } };
    const machine = await started(limits);
    expect(inForce(machine)).toEqual({ mark: 0, priorities: { lo: 1 }, different: [PRIORITIES] });
    host().backend.changeLimits(machine, { ...limits, [MARK]: 9 }, [MARK]);
    expect(inForce(machine)).toMatchObject({ mark: 9, priorities: { lo: 1 } });
    ip(machine, 'link', 'add', 'late0', 'type', 'veth', 'peer', 'name', 'late1');
    set(machine, limits);
    expectInForce(machine);
    ip(machine, 'link', 'set', 'late0', 'name', 'other0');
    expect(inForce(machine)).toMatchObject({ priorities: { other0: 6, lo: 1 }, different: [PRIORITIES] });
    ip(machine, 'link', 'del', 'other0');
    expect(inForce(machine)).toMatchObject({ priorities: { lo: 1 } });
  });
});

describe('a change of marks and other limits', () => {
  it('changes none for an interface that the machine does not have, and names it', async () => {
    const machine = await started({ ...marked, 'pids.max': 100 });
    const wrong = { [PRIORITIES]: { gone9: 1 }, 'pids.max': 50 };
    expect(() => set(machine, wrong)).toThrow(
      expect.objectContaining({
        message: 'net_prio.ifpriomap: the machine has no network interface gone9: ENODEV',
        errno: 'ENODEV',
        hint: expect.stringContaining('ip link'),
      }),
    );
    expectInForce(machine);
  });

  it('changes none if the kernel refuses another limit', async () => {
    const machine = await started(marked);
    expect(() => set(machine, { [MARK]: 7, 'cpuset.cpus': '4000' })).toThrow(/cpuset\.cpus/);
    expectInForce(machine);
  });

  it('changes none, devices included, if the kernel does not take the program', async () => {
    const machine = await started({ 'devices.allow': { 'c 1:11': 'r' }, 'pids.max': 100 });
    const group = `${layout.unified}/${host().parent}/${machine.spec.name}`;
    expect(execFileSync(compileAttack('marks'), ['occupy', group], { encoding: 'utf8' })).toBe('attach ok\n');
    const wrong: CgroupLimits = { [MARK]: 7, 'devices.allow': { 'c 10:237': 'r' }, 'pids.max': 50 };
    expect(() => set(machine, wrong)).toThrow(/net_cls\.classid, net_prio\.ifpriomap: bpf BPF_PROG_ATTACH/);
    expectInForce(machine);
  });
});

describe('the helper', () => {
  it("says what a program is refused for, in the verifier's words", () => {
    const group = `${layout.unified}/${runMark()}-marks`;
    mkdirSync(group);
    try {
      // r0 is not set before the exit.
      const bad = spawnSync(HELPER, ['marks', 'put', group, '9500000000000000'], { encoding: 'latin1' });
      expect(bad.status).toBe(1);
      expect(bad.stderr).toMatch(/^failed\0.*BPF_PROG_LOAD\0EACCES\0.*R0 !read_ok/);
    } finally {
      rmdirSync(group);
    }
  });

  it.each([
    [['marks']],
    [['marks', 'other', '/']],
    [['interfaces']],
    [['interfaces', '1']],
    [['interfaces', '1', 'x']],
  ])('does nothing with %j', (words) => expect(spawnSync(HELPER, words).status).toBe(2));

  it('lists so many interfaces and no more, whatever the root of a machine has made', () => {
    const input = Array.from({ length: 2100 }, (_, n) => `link add a${n} type veth peer name b${n}\n`).join(
      '',
    );
    const script = 'ip -batch - && "$0" interfaces $$ $(cut -d " " -f 22 /proc/$$/stat)';
    const listed = spawnSync('unshare', ['-n', 'sh', '-c', script, HELPER], { input, encoding: 'latin1' });
    expect(listed).toMatchObject({ status: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^1 lo$/m);
    expect(listed.stdout.trimEnd().split('\n')).toHaveLength(4096);
  });

  it('lists no interfaces of a process that is not the one that is meant', () => {
    const other = spawnSync(HELPER, ['interfaces', String(process.pid), '1'], { encoding: 'latin1' });
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(/^failed\0.*pidfd_open\0ESRCH/);
    expect(other.stdout).toBe('');
  });
});
