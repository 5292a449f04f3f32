/** Limits of a unit are what systemd and the kernel make of them. */
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { busSocket } from '../../../src/backends/nspawn/bus/address.ts';
import { createBus } from '../../../src/backends/nspawn/bus/bus.ts';
import { createSettings } from '../../../src/backends/nspawn/settings/settings.ts';
import { createSystemd1 } from '../../../src/backends/nspawn/systemd1.ts';
import { unitOfMachine } from '../../../src/backends/nspawn/unit-name.ts';
import { withNspawnHost } from './nspawn-host.ts';

const { busyboxImage, machinectl, run } = withNspawnHost();
const bus = createBus({ socket: () => busSocket(process.env) });
const settings = createSettings({ systemd1: createSystemd1(bus) });
afterAll(bus.close);

describe('limits of a unit', () => {
  const limits = {
    'memory.max': 64 * 1024 ** 2,
    'memory.low': 4 * 1024 ** 2,
    'memory.swap.max': 0,
    'cpu.max': { quotaUsec: 30_000, periodUsec: 100_000 },
    'cpu.weight': 50,
    'cpuset.cpus': '0',
    'io.weight': 300,
    'io.max': { '/dev/null': { rbps: 1_000_000 } },
    'pids.max': 20,
    'devices.allow': { '/dev/kvm': 'rw', 'c 10:229': 'rwm' },
  } as const;
  const { 'io.max': _, ...kept } = limits;
  const names = Object.keys(kept) as (keyof typeof kept)[];

  it('are kept for the next start and read back as they were set, however the machine is named', async () => {
    await busyboxImage('kept-limits');
    await settings.changeLimits('kept-limits', kept, names);
    expect(await settings.storedLimits('kept-limits')).toEqual(kept);
    expect(await settings.ownLimits('kept-limits')).toEqual(kept);
    expect(readdirSync('/etc/systemd/system.control/systemd-nspawn@kept-limits.service.d')).toContain(
      '50-MemoryMax.conf',
    );
    await run('systemctl', 'daemon-reload');
    expect(await settings.storedLimits('kept-limits')).toEqual(kept);
    expect(await settings.limitsInForce('kept-limits')).toBeUndefined();
  });

  it('hold for a machine that runs, at once', async () => {
    await busyboxImage('live');
    await machinectl('start', 'live');
    await settings.changeLimits('live', kept, names);
    const found = await settings.limitsInForce('live');
    expect(found?.different).toEqual([]);
    const group = await run('systemctl', 'show', '--property=ControlGroup', '--value', unitOfMachine('live'));
    expect(group).toContain('systemd-nspawn@live.service');
    for (const [name, limit] of Object.entries(found?.limits ?? {})) {
      if (name in kept) expect(limit, name).toEqual(kept[name as keyof typeof kept]);
    }
    expect(found?.limits['devices.allow']).toEqual(kept['devices.allow']);
    // Somebody else writes another one.
    await run('systemctl', 'set-property', '--runtime', unitOfMachine('live'), 'TasksMax=21');
    expect(await settings.storedLimits('live')).toMatchObject({ 'pids.max': 21 });
    await run('systemctl', 'set-property', '--runtime', unitOfMachine('live'), 'DeviceAllow=/dev/full r');
    expect((await settings.limitsInForce('live'))?.limits['devices.allow']).toHaveProperty('/dev/full', 'r');
  });

  it('are all as they were when one of them is refused', async () => {
    await busyboxImage('refused');
    await settings.changeLimits('refused', { 'pids.max': 5 }, ['pids.max']);
    const wrong = { 'pids.max': 6, 'io.max': { '/dev/../dev/sda': { rbps: 1 } } };
    await expect(settings.changeLimits('refused', wrong, ['pids.max', 'io.max'])).rejects.toThrow();
    expect(await settings.storedLimits('refused')).toMatchObject({ 'pids.max': 5 });
  });

  it('that are taken away are gone, and of a machine that is gone nothing is left', async () => {
    await busyboxImage('taken');
    await settings.changeLimits('taken', kept, names);
    await settings.changeLimits('taken', {}, names);
    expect(await settings.storedLimits('taken')).toEqual({});
    await settings.forgetLimits('taken');
    // What the unit says for all.
    expect(await settings.storedLimits('taken')).toEqual({ 'pids.max': 16_384 });
    expect(await settings.ownLimits('taken')).toEqual({});
    await settings.forgetLimits('taken');
  });
});
