/** A few samples, between which nothing stays open; the groups are folders of ordinary files. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Addon } from '../../../../../src/backends/native/addon.ts';
import type { CgroupLayout } from '../../../../../src/backends/native/cgroups/layout.ts';
import { machineGroups } from '../../../../../src/backends/native/cgroups/sampling/discovery.ts';
import type { MachineState } from '../../../../../src/backends/native/cgroups/sampling/group-sampling.ts';
import { type Looks, looksByNode } from '../../../../../src/backends/native/cgroups/sampling/looks.ts';
import { openGroupSampler } from '../../../../../src/backends/native/cgroups/sampling/sampler.ts';
import type { GroupSample, UsageSampler } from '../../../../../src/backends/usage.ts';

const GROUP = 'machines/web';

let root: string;
let files: string[];
let state: MachineState;
let sampler: UsageSampler;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'few-'));
  files = [];
  state = { phase: 'running', pid: 7 };
  write('cgroup/machines/other/cgroup.events', 'populated 0\nfrozen 0\n');
  writeMachine(1_000_000);
  writeNetwork(7, 1000);
  sampler = open();
});
afterEach(() => rmSync(root, { recursive: true }));

function open(): UsageSampler {
  const mount = join(root, 'cgroup');
  const layout: CgroupLayout = {
    kind: 'unified',
    unified: mount,
    unifiedControllers: ['cpu', 'memory', 'io', 'pids'],
    legacy: {},
  };
  const looks: Looks = {
    ...looksByNode,
    read: (...given) => {
      files.push(given[2]);
      return looksByNode.read(...given);
    },
  };
  return openGroupSampler({
    ...{ scope: 'machines', rates: true, few: true, layout, procRoot: join(root, 'proc') },
    addon: looks as Addon,
    discover: () => machineGroups(mount, 'machines'),
    stateOf: (_, name) => (name === 'web' ? () => state : undefined),
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function writeMachine(usage: number, populated = 1): void {
  write(`cgroup/${GROUP}/cgroup.events`, `populated ${populated}\nfrozen 0\n`);
  write(`cgroup/${GROUP}/cpu.stat`, `usage_usec ${usage}\nthrottled_usec 0\n`);
  write(`cgroup/${GROUP}/cpu.max`, '50000 100000\n');
  write(`cgroup/${GROUP}/memory.current`, `${populated * 4096}\n`);
  write(`cgroup/${GROUP}/pids.current`, '3\n');
}

function writeNetwork(pid: number, received: number): void {
  write(
    `proc/${pid}/net/dev`,
    `Inter-|\n face |\n  eth0: ${received} 1 0 0 0 0 0 0 ${2 * received} 1 0 0 0 0 0 0\n`,
  );
}

function look(): GroupSample | undefined {
  const { groups } = sampler.sample();
  expect(groups.length).toBeLessThan(2);
  return groups[0];
}

describe('a few samples', () => {
  it('have no rates in the first, and those of all that grew in the second, over the true interval', () => {
    const first = sampler.sample();
    expect(first.seconds).toBeNull();
    const [machine] = first.groups;
    expect(machine).toMatchObject({ machine: 'web', pid: 7, phase: 'running' });
    expect(machine?.usage.cpu).toMatchObject({ cores: null, limitCores: 0.5 });
    writeMachine(3_000_000);
    writeNetwork(7, 3000);
    const { seconds, groups } = sampler.sample();
    const [second] = groups;
    expect(second?.usage.cpu.throttledSeconds).toBe(0);
    expect(seconds).toBeGreaterThan(0);
    expect(second?.usage.cpu.cores).toBeGreaterThan(0);
    const { rxBytes, txBytes } = second?.usage.network ?? {};
    expect(rxBytes).toBeGreaterThan(0);
    expect((txBytes as number) / (rxBytes as number)).toBeCloseTo(2, 6);
  });

  it('tell no rates of a machine that was started anew in another group of the same name', () => {
    look();
    renameSync(join(root, 'cgroup', GROUP), join(root, 'old'));
    writeMachine(9_000_000);
    expect(look()?.usage.cpu.cores).toBeNull();
    writeMachine(9_500_000);
    expect(look()?.usage.cpu.cores).toBeGreaterThan(0);
  });

  it('tell none of one that rebooted: its network is another one', () => {
    look();
    state = { phase: 'running', pid: 8 };
    writeNetwork(8, 5000);
    const machine = look();
    expect(machine?.pid).toBe(8);
    expect(machine?.usage.network.rxBytes).toBeNull();
  });

  it('tell what a machine used until it ended, and leave out one whose group has gone', () => {
    look();
    writeMachine(2_000_000, 0);
    const ended = look();
    expect(ended?.usage.cpu.cores).toBeGreaterThan(0);
    expect(ended?.usage.tasks.count).toBe(0);
    rmSync(join(root, 'cgroup', GROUP), { recursive: true });
    expect(look()).toBeUndefined();
  });

  it('read limits again of what has moved, and of others tell what they said a moment ago', () => {
    look();
    const first = files.splice(0);
    expect(first).toContain('cpu.max');
    expect(look()?.usage.cpu).toMatchObject({ cores: 0, limitCores: 0.5 });
    expect(files.splice(0)).not.toContain('cpu.max');
    writeMachine(2_000_000);
    write(`cgroup/${GROUP}/cpu.max`, '100000 100000\n');
    expect(look()?.usage.cpu.limitCores).toBe(1);
    expect(files).toContain('cpu.max');
  });
});
