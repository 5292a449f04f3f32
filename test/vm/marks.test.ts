/**
 * What a machine sends is marked where tc and nft look: in its own network namespace, and on the interface of the host that its macvlan
 * lies on. That needs kernel modules and an interface of the host, so it runs in the virtual machine alone.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../src/backends/backend.ts';
import type { CgroupLimits } from '../../src/backends/limits.ts';
import { withLimitedMachines } from '../host/limits/limited-machines.ts';
import { compileAttack } from '../host/security/attack.ts';
import { runFolder } from '../setup/test-run.ts';

const { host, started, set, shell, expectInForce } = withLimitedMachines('marks');

const MARK = 0x100001;
const OTHER_MARK = 0x100002;
/** What the kernel's own map of priorities puts first, and what it puts second: tc-prio(8). */
const FIRST = 6;

/** Sends one packet with mark 7 and priority 4, which belongs to the second class, as its root may. */
const sender = join(runFolder(), 'send-marked');
beforeAll(() => copyFileSync(compileAttack('marks'), sender));

const machineWith = (limits: CgroupLimits) =>
  started(limits, { binds: [{ source: sender, path: '/send', readOnly: true }] });

async function send(machine: MachineHandle, address: string): Promise<void> {
  const { text, errors } = await shell(machine, `/send send ${address}`);
  expect(text, errors).toBe('mark ok\npriority ok\nsend ok\n');
}

function onHost(command: string, ...words: readonly string[]): string {
  return execFileSync(command, words, { encoding: 'utf8' });
}

/** A program of the host, in the network namespace of the machine. */
function inNamespace(machine: MachineHandle, command: string, ...words: readonly string[]): string {
  const status = host().backend.status(machine);
  return onHost('nsenter', '-n', '-t', String('pid' in status ? status.pid : ''), command, ...words);
}

/** Three classes by priority; what has the mark goes into the third. */
function classify(machine: MachineHandle): void {
  const tc = (words: string) => inNamespace(machine, 'tc', ...words.split(' '));
  tc('qdisc add dev lo root handle 1: prio bands 3');
  tc(`filter add dev lo parent 1: protocol all handle ${MARK} fw classid 1:3`);
}

/** Packets of the first and the third class: in the second are those that nobody marks, answers of the kernel too. */
function counted(machine: MachineHandle): { readonly first: number; readonly marked: number } {
  const text = inNamespace(machine, 'tc', '-s', 'class', 'show', 'dev', 'lo');
  const packets = (id: string) => Number(new RegExp(`class prio ${id} [^]*? (\\d+) pkt`).exec(text)?.[1]);
  return { first: packets('1:1'), marked: packets('1:3') };
}

describe('net_cls.classid and net_prio.ifpriomap', () => {
  it('choose the class of a packet in the namespace, whatever its sender says; also after a set, and after a restart', async () => {
    let machine = await machineWith({ 'net_cls.classid': MARK });
    classify(machine);
    await send(machine, '127.0.0.1');
    expect(counted(machine)).toEqual({ first: 0, marked: 1 });

    machine = set(machine, { 'net_cls.classid': OTHER_MARK, 'net_prio.ifpriomap': { lo: FIRST } });
    await send(machine, '127.0.0.1');
    expect(counted(machine)).toEqual({ first: 1, marked: 1 });

    machine = set(machine, {});
    await send(machine, '127.0.0.1');
    expect(counted(machine)).toEqual({ first: 1, marked: 1 });

    machine = set(machine, { 'net_cls.classid': MARK });
    await host().backend.kill(machine);
    await expect.poll(() => host().backend.status(machine).state).toBe('stopped');
    await host().backend.start(machine);
    classify(machine);
    await send(machine, '127.0.0.1');
    expect(counted(machine)).toEqual({ first: 0, marked: 1 });
  });
});

describe('on an interface of the host below a macvlan', () => {
  const lower = 'lower0';
  const rules = `
table netdev marks {
  counter both { }
  chain out {
    type filter hook egress device ${lower} priority 0;
    meta mark ${MARK} meta priority 0:${FIRST} counter name both
  }
}
`;
  beforeAll(() => {
    onHost('ip', 'link', 'add', lower, 'type', 'dummy');
    onHost('ip', 'link', 'set', lower, 'up');
    execFileSync('nft', ['-f', '-'], { input: rules });
  });
  afterAll(() => {
    onHost('nft', 'delete', 'table', 'netdev', 'marks');
    onHost('ip', 'link', 'del', lower);
  });

  const seen = () =>
    Number(/packets (\d+)/.exec(onHost('nft', 'list', 'counter', 'netdev', 'marks', 'both'))?.[1]);

  it("are seen by nft of the host, with the priority of the machine's own interface", async () => {
    let machine = await machineWith({});
    const status = host().backend.status(machine);
    onHost('ip', 'link', 'add', 'link', lower, 'name', 'upper0', 'type', 'macvlan');
    onHost('ip', 'link', 'set', 'upper0', 'netns', String('pid' in status ? status.pid : ''));
    const ip = (words: string) => inNamespace(machine, 'ip', ...words.split(' '));
    ip('addr add 192.0.2.2/24 dev upper0');
    ip('link set upper0 up');
    ip('neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev upper0');
    await send(machine, '192.0.2.9');
    expect(seen()).toBe(0);
    machine = set(machine, { 'net_cls.classid': MARK, 'net_prio.ifpriomap': { upper0: FIRST } });
    expectInForce(machine);
    await send(machine, '192.0.2.9');
    expect(seen()).toBe(1);
  });
});
