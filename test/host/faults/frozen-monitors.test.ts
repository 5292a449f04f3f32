/** Somebody froze the group that all monitors share, by itself or with all of ours. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import { waitForEvents } from '../../../src/backends/native/cgroups/group-events.ts';
import { MONITORS_GROUP, unifiedGroup } from '../../../src/backends/native/cgroups/groups.ts';
import { readGroupPlace } from '../../../src/backends/native/read-host-facts.ts';
import { createNativeHost, type NativeHost, untilEnd } from '../native-machine.ts';

let host: NativeHost;
let machine: MachineHandle;
beforeAll(async () => {
  host = createNativeHost();
  machine = await host.create('web');
});
afterAll(() => host.remove());

describe('a start while the group of the monitors is frozen', () => {
  it.each(['.', MONITORS_GROUP])('(%s) fails with a hint, and does not wait for ever', async (name) => {
    await host.backend.start(machine);
    await host.backend.kill(machine);
    await untilEnd(host.backend, machine);
    const group = unifiedGroup(readGroupPlace(host.parent).layout, host.parent, name);
    if (group === undefined) throw new Error('this host has no cgroup v2 mounted');
    const file = join(group, 'cgroup.freeze');
    onTestFinished(() => writeFileSync(file, '0'));
    writeFileSync(file, '1');
    expect(await waitForEvents(group, ({ frozen }) => frozen, patience.poll)).toBe(true);
    await expect(host.backend.start(machine)).rejects.toMatchObject({
      code: 'frozen',
      hint: expect.stringMatching(/Thaw it/),
    });
    expect(host.backend.status(machine).state).toBe('stopped');
  });
});
