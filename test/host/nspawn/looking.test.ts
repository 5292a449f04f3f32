/** What commands show of machines that systemd-nspawn keeps: those of machinectl, and ours. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withNspawnHost } from './nspawn-host.ts';

const { busyboxImage, debianImage, machinectl, cli, done, cleanUp } = withNspawnHost();

const json = async (...words: readonly string[]) => JSON.parse(await done([...words, '--json']));

beforeAll(async () => {
  await busyboxImage('theirs');
  await machinectl('clone', 'theirs', 'theirs@one');
  await debianImage('web', ['[Files]', 'BindReadOnly=/usr/share/doc']);
  await machinectl('start', 'web');
  await done(['create', 'ours', '-t', 'busybox', '--set', 'memory.max=64M']);
});
afterAll(cleanUp);

describe('list', () => {
  it('has all of them, with template and figures where there are some', async () => {
    const { machines } = await json('list');
    expect(
      machines.map(({ name, state, template, snapshots }: Record<string, unknown>) => [
        name,
        state,
        template,
        snapshots,
      ]),
    ).toEqual([
      ['ours', 'stopped', 'busybox', 0],
      ['theirs', 'stopped', '', 1],
      ['web', 'running', '', 0],
    ]);
    const web = machines.at(-1);
    expect(web.pid).toBe(Number(await machinectl('show', 'web', '--property=Leader', '--value')));
    expect(web.cpuUsec).toBeGreaterThan(0);
    expect(web).toMatchObject({ backend: 'nspawn', privileged: false });
  });
});

describe('info', () => {
  it('shows unit, image and system of one that runs, and how it is made', async () => {
    const text = await done(['info', 'web']);
    expect(text).toMatch(/\n {2}unit +systemd-nspawn@web\.service\n {2}registered by +systemd-nspawn\n/);
    expect(text).toMatch(/\n {2}system +Debian GNU\/Linux /);
    expect(text).toMatch(/\n {2}image +\/var\/lib\/machines\/web\n {2}kind +subvolume/);
    expect(text).toContain('\nNamespaces: ');
    const { machine } = await json('info', 'web');
    expect(machine.config.binds).toEqual([
      { source: '/usr/share/doc', path: '/usr/share/doc', readOnly: true },
    ]);
    expect(machine.disk.ownBytes).toBeGreaterThan(0);
    const id = readFileSync('/var/lib/machines/web/etc/machine-id', 'utf8').trim();
    expect(machine.config.machineId).toBe(id);
  });

  it('shows of one of ours what we know of it', async () => {
    const { machine } = await json('info', 'ours');
    expect(machine).toMatchObject({ template: 'busybox', state: 'stopped', inspection: null });
    expect(machine.limits[0]).toMatchObject({ name: 'memory.max', limit: 64 * 2 ** 20 });
  });

  it('of none says so', async () => {
    expect(await cli(['info', 'nobody'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('nobody'),
    });
  });
});

describe('plan', () => {
  it('says the unit, what it executes and what its settings file says', async () => {
    const { steps } = await json('plan', 'web');
    const words = steps.map((step: { operation: string; arguments: string[] }) => [
      step.operation,
      ...step.arguments,
    ]);
    expect(words[0]).toEqual(['start-unit', 'systemd-nspawn@web.service']);
    expect(words.find(([operation]: string[]) => operation === 'exec')).toContain('--machine=web');
    expect(words).toContainEqual(['settings', '[Files]', 'BindReadOnly=/usr/share/doc']);
    expect(words).toContainEqual(['mount', 'bind', '/usr/share/doc', '/usr/share/doc', 'ro']);
  });
});

describe('autostart', () => {
  it('lists those whose unit machinectl enabled', async () => {
    await machinectl('enable', 'theirs');
    expect(await done(['autostart', '--list'])).toContain('theirs');
    expect(await done(['autostart', '--list'])).not.toContain('web');
    await machinectl('disable', 'theirs');
  });
});

describe('top', () => {
  it('has those that run', async () => {
    const { stdout } = await cli(['top', '--batch', '--iterations', '1', '--json']);
    expect(stdout).toContain('"web"');
    expect(stdout).not.toContain('"theirs"');
  });
});

describe('doctor', () => {
  it('finds all that such machines need in a host that is made for them', async () => {
    const { stdout } = await cli(['doctor', '--json']);
    const { findings } = JSON.parse(stdout);
    const of = (subject: string) =>
      findings.find((finding: { subject: string }) => finding.subject === subject);
    expect(of('systemd')).toMatchObject({ verdict: 'ok' });
    expect(of('systemd-machined')).toMatchObject({ verdict: 'ok', detail: '1 machine running, 4 images' });
    expect(of('/var/lib/machines')).toMatchObject({ verdict: 'ok' });
    expect(of('limits of units')).toMatchObject({ verdict: 'ok' });
  });
});
