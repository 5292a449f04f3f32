/** What the nspawn backend says that there is, asked of the real machined, systemd and kernel. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { ManagedViews } from '../../../src/backends/manager/views.ts';
import { type Bus, createBus } from '../../../src/backends/nspawn/bus/bus.ts';
import { createMachine1 } from '../../../src/backends/nspawn/machine1.ts';
import { createSystemd1 } from '../../../src/backends/nspawn/systemd1.ts';
import { createViews } from '../../../src/backends/nspawn/views/views.ts';
import { withNspawnHost } from './nspawn-host.ts';

const { busyboxImage, debianImage, machinectl, run, cleanUp } = withNspawnHost();
const calls: string[] = [];
const real = createBus({ socket: () => '/run/dbus/system_bus_socket' });
const bus: Bus = {
  ...real,
  call: (call) => {
    calls.push(call.member);
    return real.call(call);
  },
};
const views: ManagedViews = createViews({
  bus,
  machine1: createMachine1(bus),
  systemd1: createSystemd1(bus),
  folders: { helperPath: '' },
});
afterAll(() => real.close());

const stateOf = async (name: string) => (await views.find(name))?.status.state;
const patience = { interval: 50 };

describe('images that machinectl made', () => {
  it('are machines that are stopped, without kept states and hidden ones', async () => {
    await busyboxImage('one');
    await machinectl('clone', 'one', 'two');
    await machinectl('clone', 'one', 'one@before');
    await machinectl('clone', 'one', '.hidden');
    expect(await views.names()).toEqual(['one', 'two']);
    const [one] = await views.all();
    expect(one).toMatchObject({
      name: 'one',
      status: { state: 'stopped' },
      unit: 'systemd-nspawn@one.service',
      service: null,
      image: { kind: 'subvolume', path: '/var/lib/machines/one', readOnly: false },
      keptStates: ['before'],
    });
  });

  it('are looked up one by one with what a list does not tell', async () => {
    await machinectl('set-limit', 'two', '1G');
    await machinectl('read-only', 'two', 'true');
    const image = async () => (await views.find('two'))?.image;
    // btrfs counts anew for a moment.
    await expect.poll(async () => (await image())?.limitBytes, patience).toBe(2 ** 30);
    const two = await views.find('two');
    expect(two?.image).toMatchObject({ readOnly: true, path: '/var/lib/machines/two' });
    expect(two?.image?.usageBytes).toBeGreaterThan(0);
    expect(await views.find('three')).toBe(undefined);
  });

  it('are listed by the hundred in three calls that are sent at once', async () => {
    for (let index = 0; index < 98; index += 1) mkdirSync(`/var/lib/machines/many-${index}`);
    calls.length = 0;
    const all = await views.all();
    expect(all).toHaveLength(100);
    expect([...calls].sort()).toEqual(['ListImages', 'ListMachines', 'ListUnitsByPatterns']);
    await cleanUp();
  });
});

describe('a machine that machinectl started', () => {
  it('runs, with its init, its supervisor and when it began', async () => {
    await debianImage('web');
    const before = Date.now();
    await machinectl('start', 'web');
    const machine = await views.find('web');
    const leader = Number(await machinectl('show', 'web', '--property=Leader', '--value'));
    const main = Number(
      await run('systemctl', 'show', 'systemd-nspawn@web', '--property=MainPID', '--value'),
    );
    expect(machine).toMatchObject({
      unit: 'systemd-nspawn@web.service',
      service: 'systemd-nspawn',
      rootDirectory: '/var/lib/machines/web',
      status: { state: 'running', pid: leader, monitorPid: main },
    });
    if (machine?.status.state !== 'running') throw new Error('it does not run');
    expect(machine.status.startedAt).toBeGreaterThanOrEqual(before - 1000);
    const [listed] = await views.all();
    expect(listed?.status).toMatchObject({ state: 'running', pid: leader, monitorPid: main });
  });

  it('is told of in the second round of a list with one call', async () => {
    calls.length = 0;
    await views.all();
    expect(calls.filter((member) => !member.startsWith('List'))).toEqual(['GetAll']);
  });

  it('uses what the files of its group say', async () => {
    const group = '/sys/fs/cgroup/machine.slice/systemd-nspawn@web.service';
    expect(existsSync(group)).toBe(true);
    const usage = await views.usage('web');
    expect(usage.cpuUsec).toBeGreaterThan(10_000);
    expect(usage.cpuUsec).toBeLessThanOrEqual(
      Number(/usage_usec (\d+)/.exec(readFileSync(`${group}/cpu.stat`, 'utf8'))?.[1]),
    );
    expect([...(await views.usageOfAll(await views.all())).keys()]).toEqual(['web']);
  });

  it('tells its system, and its addresses but the link-local ones', async () => {
    const { osRelease } = await views.facts('web');
    expect(osRelease).toMatchObject({ ID: 'debian' });
    const inside = (...words: readonly string[]) =>
      run('systemd-run', '-M', 'web', '-q', '--pipe', '--wait', ...words);
    await inside('ip', 'address', 'add', '192.0.2.7/24', 'dev', 'lo');
    await inside('ip', 'address', 'add', 'fe80::7/64', 'dev', 'lo');
    await inside('ip', 'address', 'add', '2001:db8::7/64', 'dev', 'lo');
    const { addresses } = await views.facts('web');
    expect(addresses).toEqual(expect.arrayContaining(['192.0.2.7', '2001:db8::7']));
    expect(addresses.filter((address) => address.startsWith('fe80'))).toEqual([]);
  });

  it('is inspected as a native one', async () => {
    const found = await views.inspect('web');
    // /dev/null, and /dev/net/tun by systemd-nspawn@.service; no disks.
    expect(found.devices).toEqual(expect.arrayContaining(['c 1:3 rwm', 'c 10:200 rwm', 'c 136:* rw']));
    expect(found.devices).not.toContainEqual(expect.stringMatching(/^b 8:|^a/));
    expect(found.sharedNamespaces).not.toContain('pid');
    expect(found.idMap.length).toBeGreaterThan(0);
    expect(found.capabilities.length).toBeGreaterThan(0);
    expect(found.mounts.map(({ path }) => path)).toContain('/');
    expect(found.cgroups).toEqual(['/sys/fs/cgroup/machine.slice/systemd-nspawn@web.service']);
    expect(found.monitorPid).toBe(
      (await views.find('web'))?.status.state === 'running' ? found.monitorPid : 0,
    );
  });

  it('has processes that remain, init first and without systemd-nspawn', async () => {
    const { processes, total } = await views.remaining('web');
    expect(total).toBeGreaterThan(3);
    expect(processes.find(({ insidePid }) => insidePid === 1)?.name).toBe('systemd');
    expect(processes.map(({ name }) => name)).not.toContain('systemd-nspawn');
  });

  it('is sampled by its name, with its processes and as long as it runs', async () => {
    const sampler = await views.openSampler('machines', { rates: true });
    try {
      const [web] = sampler.sample().groups;
      expect(web).toMatchObject({
        path: 'machine.slice/systemd-nspawn@web.service',
        machine: 'web',
        phase: 'running',
      });
      expect(sampler.processes(web?.id ?? '').map(({ insidePid }) => insidePid)).toContain(1);
      await busyboxImage('late');
      await machinectl('start', 'late');
      await expect
        .poll(() => sampler.sample().groups.map(({ machine }) => machine), patience)
        .toEqual(['late', 'web']);
      await run('systemctl', 'stop', 'systemd-nspawn@late');
      await expect
        .poll(() => sampler.sample().groups.map(({ machine }) => machine), patience)
        .toEqual(['web']);
    } finally {
      sampler.close();
    }
  });

  it('is among all groups of the host by its name', async () => {
    // systemd leaves such a group for a unit whose limits were set while it was down.
    const down = '/sys/fs/cgroup/machine.slice/systemd-nspawn@down.service';
    mkdirSync(down);
    const sampler = await views.openSampler('host', { rates: false });
    const named = sampler.sample().groups.filter(({ machine }) => machine !== null);
    sampler.close();
    rmdirSync(down);
    expect(named.map(({ machine, path }) => [machine, path])).toEqual([
      ['web', 'machine.slice/systemd-nspawn@web.service'],
    ]);
  });

  it('is frozen when systemd froze its unit', async () => {
    await run('systemctl', 'freeze', 'systemd-nspawn@web');
    expect(await stateOf('web')).toBe('frozen');
    expect((await views.all()).find(({ name }) => name === 'web')?.status.state).toBe('frozen');
    await run('systemctl', 'thaw', 'systemd-nspawn@web');
    expect(await stateOf('web')).toBe('running');
  });

  it('is stopped when it was halted', async () => {
    await machinectl('poweroff', 'web');
    await expect.poll(() => stateOf('web'), patience).toBe('stopped');
    expect((await views.facts('web')).osRelease).toMatchObject({ ID: 'debian' });
    expect(await views.facts('nobody')).toEqual({ addresses: [], osRelease: {} });
    await expect(views.usage('web')).rejects.toMatchObject({ code: 'not-running' });
    await expect(views.inspect('web')).rejects.toMatchObject({ code: 'not-running' });
    expect(await views.remaining('web')).toEqual({ total: 0, processes: [] });
  });
});

describe('a run that ended badly', () => {
  it('is a machine that is stopped, and tells how its supervisor was killed', async () => {
    await busyboxImage('hard');
    await machinectl('start', 'hard');
    await machinectl('kill', 'hard', '--signal=SIGKILL');
    await run('systemctl', 'kill', '--signal=SIGKILL', 'systemd-nspawn@hard').catch(() => '');
    await expect.poll(() => stateOf('hard'), patience).toBe('stopped');
    const exit = await views.lastExit('hard');
    expect(exit?.endedAt).toBeGreaterThan(Date.now() - 60_000);
    expect((await views.all()).find(({ name }) => name === 'hard')?.status).toMatchObject({
      state: 'stopped',
      lastExit: exit,
    });
  });

  it('has the exit code of the init', async () => {
    await debianImage('coded');
    await machinectl('start', 'coded');
    await run('systemd-run', '-M', 'coded', '-q', '--no-block', 'systemctl', 'exit', '42');
    await expect.poll(() => stateOf('coded'), patience).toBe('stopped');
    expect(await views.lastExit('coded')).toMatchObject({ reason: 'exited', code: 42 });
  });

  it('is told of by the journal when systemd has forgotten the unit', async () => {
    const unit = 'systemd-nspawn@coded.service';
    await run('systemctl', 'reset-failed', unit);
    await expect
      .poll(() => run('systemctl', 'show', '--property=ExecMainExitTimestamp', '--value', unit), patience)
      .toBe('');
    expect(await views.lastExit('coded')).toMatchObject({ reason: 'exited', code: 42 });
    await machinectl('start', 'coded');
    await run('systemctl', 'stop', unit);
    expect(await views.lastExit('coded')).toMatchObject({ reason: 'halt', code: 0 });
    expect(await views.lastExit('never-was')).toBe(undefined);
  });

  it('is an error only where the unit cannot be loaded', async () => {
    await busyboxImage('broken');
    const drop = '/etc/systemd/system/systemd-nspawn@broken.service.d';
    await run('mkdir', '-p', drop);
    await run('sh', '-c', `printf '[Service]\\nExecStart=\\n' > ${drop}/bad.conf && systemctl daemon-reload`);
    expect((await views.find('broken'))?.status).toMatchObject({
      state: 'error',
      reason: expect.stringContaining("systemctl status 'systemd-nspawn@broken.service'"),
    });
    await cleanUp();
  });
});

describe('a machine that somebody started by hand', () => {
  it('is one of its scope, without an image where it has none', async () => {
    const tree = await busyboxImage('tree');
    await run('mv', tree, '/var/lib/tsmachine-test-tree');
    const nspawn = spawn(
      'systemd-nspawn',
      ['-q', '-D', '/var/lib/tsmachine-test-tree', '-M', 'by-hand', '--console=pipe', '/bin/sleep', '1000'],
      { stdio: 'ignore' },
    );
    const ended = once(nspawn, 'exit');
    try {
      await expect.poll(() => stateOf('by-hand'), patience).toBe('running');
      expect(await views.find('by-hand')).toMatchObject({
        image: null,
        unit: 'machine-by\\x2dhand.scope',
        service: 'systemd-nspawn',
        rootDirectory: '/var/lib/tsmachine-test-tree',
        status: { monitorPid: nspawn.pid },
      });
      expect(await views.names()).toContain('by-hand');
      await expect.poll(async () => (await views.usage('by-hand')).cpuUsec, patience).toBeGreaterThan(0);
      // machined knows it a moment before it executes its program.
      await expect
        .poll(async () => (await views.remaining('by-hand')).processes.map(({ name }) => name), patience)
        .toEqual(['sleep']);
    } finally {
      // As process 1 of its namespace `sleep` takes no other signal.
      await run('systemctl', 'kill', '--signal=SIGKILL', 'machine-by\\x2dhand.scope').catch(() => '');
      await ended;
      await run('rm', '-rf', '/var/lib/tsmachine-test-tree').catch(() => '');
    }
    await expect.poll(() => views.find('by-hand'), patience).toBe(undefined);
  });
});
