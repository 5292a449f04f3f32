import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { patience } from '../../scripts/test-patience.mjs';
import { readFreezeState, setFrozen } from '../../src/backends/native/cgroups/freezer.ts';
import { groupDirectories } from '../../src/backends/native/cgroups/groups.ts';
import { isPopulated, killGroup } from '../../src/backends/native/cgroups/kill.ts';
import { type CgroupLayout, readLayout } from '../../src/backends/native/cgroups/layout.ts';
import { removeGroups } from '../../src/backends/native/cgroups/removal.ts';
import { runMark } from '../setup/test-run.ts';

const host = readLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
const parent = `${runMark()}-groups`;

const legacy: CgroupLayout = {
  kind: 'legacy',
  unified: undefined,
  unifiedControllers: [],
  legacy: only(['freezer', 'pids']),
};

/** What a host of each layout would see, as far as this one has the hierarchies: of v2 alone there is nothing to see of v1. */
const layouts: readonly (readonly [string, CgroupLayout])[] = [
  ...(host.kind === 'unified' ? [] : [['v1', legacy] as const]),
  ['v2', { kind: 'unified', unified: host.unified, unifiedControllers: [], legacy: {} }],
];

function only(controllers: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(host.legacy).filter(([name]) => controllers.includes(name)));
}

describe.each(layouts)('groups of %s, for real', (_, layout) => {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await killGroup(layout, parent, 'box');
    expect(await removeGroups(layout, '.', parent)).toEqual([]);
  });

  /** A shell that forks all the time, in the group and in one below it. */
  function populate(): void {
    const groups = groupDirectories(layout, parent, 'box');
    if (groups.length === 0) throw new Error('this host has no such cgroup hierarchy mounted');
    for (const below of ['', '/below']) {
      const child = spawn('sh', ['-c', 'while :; do sleep 0.01 & wait; done'], { stdio: 'ignore' });
      children.push(child);
      for (const group of groups) {
        mkdirSync(group + below, { recursive: true });
        writeFileSync(`${group}${below}/cgroup.procs`, String(child.pid));
      }
    }
  }

  it('freeze and thaw with the kernel’s word', async () => {
    populate();
    await setFrozen(layout, parent, 'box', true, patience.poll);
    expect(readFreezeState(layout, parent, 'box')).toBe('frozen');
    await setFrozen(layout, parent, 'box', false, patience.poll);
    expect(readFreezeState(layout, parent, 'box')).toBe('thawed');
  });

  it('are killed to the last process, those that fork included, also when frozen', async () => {
    populate();
    await setFrozen(layout, parent, 'box', true, patience.poll);
    await killGroup(layout, parent, 'box');
    expect(isPopulated(layout, parent, 'box')).toBe(false);
    expect(await removeGroups(layout, parent, 'box')).toEqual([]);
    expect(groupDirectories(layout, parent, 'box').filter((group) => existsSync(group))).toEqual([]);
  });
});

describe('the helper', () => {
  const COMPILE_MS = 300_000;

  it('lets a child be born in a group of v2, without a move', { timeout: COMPILE_MS }, () => {
    if (host.unified === undefined) throw new Error('this host has no cgroup v2 mounted');
    const group = join(host.unified, `${runMark()}-birth`);
    mkdirSync(group);
    try {
      expect(runHelperTest('cgroup_fork_test', { TSMACHINE_TEST_GROUP: group })).toContain(
        `born in ${group}`,
      );
    } finally {
      rmdirSync(group);
    }
  });
});

/** One of the helper's own tests with a surrounding that only root can give it. */
function runHelperTest(name: string, environment: Readonly<Record<string, string>>): string {
  const project = join(import.meta.dirname, '../..');
  const test = join(project, 'build/helper/checked', name);
  const source = join(project, 'src/backends/native/helper');
  execFileSync('make', ['-s', '-C', source, test], { stdio: ['ignore', 'ignore', 'inherit'] });
  return execFileSync(test, { encoding: 'utf8', env: { ...process.env, ...environment } });
}
