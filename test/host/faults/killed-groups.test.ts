/** Somebody wrote to cgroup.kill of a group that outlives it: newer kernels then kill who is born in, or from, that group. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { waitForEvents } from '../../../src/backends/native/cgroups/group-events.ts';
import { MONITORS_GROUP } from '../../../src/backends/native/cgroups/groups.ts';
import { readGroupPlace } from '../../../src/backends/native/read-host-facts.ts';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore, expectUsable, listed, stateOf } from './store-state.ts';

const host = withRoot();

function groupOf(...below: readonly string[]): string {
  const { unified } = readGroupPlace(host.cgroupParent).layout;
  if (unified === undefined) throw new Error('this host has no cgroup v2 mounted');
  return join(unified, host.cgroupParent, ...below);
}

afterEach(async () => {
  for (const { name } of await listed(host)) await host.done(['destroy', name, '--force', '--now']);
});

describe('after a kill of', () => {
  it.each([
    ['all groups', []],
    ['the monitors’ group', [MONITORS_GROUP]],
  ] as const)('%s, machines start again, one by one and together', async (_, below) => {
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    await host.done(['create', 'db', '-t', 'busybox', '--start']);
    writeFileSync(join(groupOf(...below), 'cgroup.kill'), '1');
    expect(await waitForEvents(groupOf(), ({ populated }) => !populated, patience.poll)).toBe(true);
    expect(await stateOf(host, 'web')).not.toBe('running');
    await expectUsable(host, 'web');
    await host.done(['start', 'web', 'db']);
    expect(await stateOf(host, 'web')).toBe('running');
    await expectUsable(host, 'db');
    expect(readFileSync(join(groupOf('web'), 'cgroup.procs'), 'latin1')).not.toBe('');
    expectConsistentStore(host);
  });

  it('a group in the machine, to which its init moved, a command still enters', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    const init = (await listed(host)).find(({ name }) => name === 'web')?.pid;
    const group = groupOf('web', 'once-killed');
    mkdirSync(group);
    writeFileSync(join(group, 'cgroup.kill'), '1');
    writeFileSync(join(group, 'cgroup.procs'), String(init));
    expect(await host.done(['exec', 'web', '--', 'cat', '/proc/self/cgroup'])).toMatch(/^0::.*once-killed$/m);
  });
});

describe('groups that a tear-down left', () => {
  it('go with the machine', async () => {
    await host.done(['create', 'web', '-t', 'busybox']);
    mkdirSync(groupOf('web', 'deep', 'deeper'), { recursive: true });
    await host.done(['destroy', 'web']);
    expect(existsSync(groupOf('web'))).toBe(false);
  });
});
