import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFreezeState, setFrozen } from '../../../../src/backends/native/cgroups/freezer.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
  fixture.writeGroup('cgroup.freeze', '0');
  fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 0\n');
});
afterEach(() => fixture.remove());

const freeze = (frozen: boolean, timeoutMs: number) =>
  setFrozen(fixture.layout, 'ours', 'web', frozen, timeoutMs);
const asked = () => readFileSync(`${fixture.root}/cgroup/ours/web/cgroup.freeze`, 'utf8');

describe('freezing', () => {
  it('is done when the kernel says so, not when the file was written', async () => {
    let done = false;
    const freezing = freeze(true, 60_000).then(() => {
      done = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([asked(), done]).toEqual(['1', false]);
    fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 1\n');
    await freezing;
    expect(readFreezeState(fixture.layout, 'ours', 'web')).toBe('frozen');
  });

  it('is not done while a group below goes on, though the kernel said so of those around it', async () => {
    fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 1\n');
    fixture.writeGroup('below/cgroup.events', 'populated 1\nfrozen 0\n');
    await expect(freeze(true, 10)).rejects.toMatchObject({ code: 'timeout' });
    fixture.writeGroup('below/cgroup.events', 'populated 1\nfrozen 1\n');
    await freeze(true, 60_000);
  });

  it('is not done while a process beside groups that are frozen runs, though the kernel said so', async () => {
    fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 1\n');
    fixture.writeGroup('below/cgroup.events', 'populated 1\nfrozen 1\n');
    // One that runs for certain: it is what looks.
    fixture.writeGroup('cgroup.threads', `0\n${process.pid}\n`);
    await expect(freeze(true, 10)).rejects.toMatchObject({ code: 'timeout' });
    fixture.writeGroup('cgroup.threads', '0\n');
    await freeze(true, 60_000);
  });

  it('is undone when the kernel does not confirm it in time', async () => {
    await expect(freeze(true, 10)).rejects.toMatchObject({ code: 'timeout', hint: expect.any(String) });
    expect(asked()).toBe('0');
  });

  it('says not-running when the group is gone', async () => {
    await expect(setFrozen(fixture.layout, 'ours', 'gone', true, 10)).rejects.toMatchObject({
      code: 'not-running',
    });
  });

  it('is refused where there is no freezer', async () => {
    const layout = { kind: 'legacy', unified: undefined, unifiedControllers: [], legacy: {} } as const;
    await expect(setFrozen(layout, 'ours', 'web', true, 10)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
