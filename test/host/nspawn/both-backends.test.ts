/** Native machines and those of systemd-nspawn side by side, as `--backend auto` shows them. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../json-documents/documents.ts';
import { withNspawnHost } from './nspawn-host.ts';

const { cli, done, run, busyboxImage, machinectl } = withNspawnHost();

/** The last --backend counts. */
const both = (...words: readonly string[]) => cli(['--backend', 'auto', ...words]);
const create = (name: string) =>
  done(['--backend', 'auto', 'create', name, '-t', 'busybox', '--storage', 'dir']);

async function listed(): Promise<readonly (readonly string[])[]> {
  const { machines } = JSON.parse((await both('list', '--json')).stdout);
  return machines.map((one: Record<string, string>) => [one['name'], one['backend'], one['state']]);
}

describe('machines of both', () => {
  it('are listed in one order, and each is found by its name', async () => {
    await busyboxImage('db');
    await create('web');
    await machinectl('start', 'db');
    expect(await listed()).toEqual([
      ['db', 'nspawn', 'running'],
      ['web', 'native', 'stopped'],
    ]);
    for (const [name, backend] of await listed()) {
      const { machine } = JSON.parse((await both('info', name ?? '', '--json')).stdout);
      expect(machine).toMatchObject({ name, backend });
    }
    expect(await both('info', 'nobody')).toMatchObject({ code: 3 });
  });

  it('are sampled together', async () => {
    const { machines } = JSON.parse((await both('top', '--once', '-d', '0', '--json')).stdout);
    expect(machines).toMatchObject([{ name: 'db', backend: 'nspawn' }]);
    const { groups } = JSON.parse((await both('top', '--once', '-d', '0', '--json', '--all')).stdout);
    const names = groups.flatMap(({ machine }: { machine: string | null }) => machine ?? []);
    expect(names).toEqual(['db']);
  });

  it('are told of in one history, each event once', async () => {
    const lines = (await both('events', '--json')).stdout.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line));
    const told = events.map(({ name, type }) => `${type} ${name}`);
    expect(told).toContain('created web');
    expect(told.filter((words) => words === 'started db')).toHaveLength(1);
    expect(events.map(({ time }) => time)).toEqual(events.map(({ time }) => time).sort());
  });

  it('never get the same name by us', async () => {
    for (const words of [
      ['create', 'db', '-t', 'busybox'],
      ['rename', 'web', 'db'],
      ['clone', 'web', 'db'],
      ['--backend', 'nspawn', 'create', 'web', '-t', 'busybox'],
      ['--backend', 'nspawn', 'clone', 'db', 'web'],
    ]) {
      const { code, stderr } = await both(...words);
      expect(code, words.join(' ')).toBe(1);
      expect(stderr, words.join(' ')).toMatch(/there is a (native )?machine "(db|web)"/);
    }
    expect((await listed()).map(([name]) => name)).toEqual(['db', 'web']);
  });

  it('that got the same name by others are told apart by --backend, and doctor says so', async () => {
    mkdirSync('/var/lib/machines/web');
    try {
      expect((await listed()).filter(([name]) => name === 'web')).toEqual([['web', 'native', 'stopped']]);
      expect((await both('list')).stderr).toContain('tsmachine --backend nspawn reaches it');
      expect((await cli(['list'])).stdout).toMatch(/^web /m);
      const { findings } = JSON.parse((await both('doctor', '--json')).stdout);
      expect(findings).toContainEqual(expect.objectContaining({ subject: 'web', verdict: 'warning' }));
    } finally {
      rmSync('/var/lib/machines/web', { recursive: true });
    }
  });
});

describe('machines of both that run', () => {
  const running = [
    ['db', 'nspawn', 'running'],
    ['ours', 'nspawn', 'running'],
    ['web', 'native', 'running'],
  ] as const;
  const places = running.map(([name, backend]) => [name, backend]);

  it('are listed, and shown one by one, each by who keeps it', async () => {
    await done(['set', 'web', 'privileged=true', '--backend', 'native']);
    await done(['--backend', 'nspawn', 'create', 'ours', '-t', 'busybox', '--start']);
    expect(await both('start', 'web')).toMatchObject({ code: 0 });
    expect(await listed()).toEqual(running);
    for (const [name, backend] of running) {
      const { machine } = checkDocument('info', (await both('info', name, '--json')).stdout);
      expect(machine).toMatchObject({ name, backend, state: 'running', inspection: expect.anything() });
      expect(machine.managed === null, name).toBe(backend === 'native');
    }
  });

  it('are in one sample, once and again and again', async () => {
    // The host of these tests may have been given no controller.
    const countsTasks = readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').includes('pids');
    for (const words of [['--once'], ['--batch', '--iterations', '1']]) {
      const { stdout } = await both('top', ...words, '-d', '0.2', '--json');
      const { machines } = checkDocument('top', stdout.trim());
      const found = machines.map(({ name, backend }) => [name, backend]);
      expect(found.sort(), words.join(' ')).toEqual(places);
      for (const { name, pid, tasks, cpu } of machines) {
        expect(pid, name).toBeGreaterThan(1);
        expect(cpu.cores, name).not.toBeNull();
        expect((tasks.count ?? 0) > 0, name).toBe(countsTasks);
      }
    }
  });

  it('are stopped by one command, and each end is told', async () => {
    const { results } = checkDocument('stop', (await both('stop', '--all', '--json')).stdout);
    expect(results.map(({ name, clean }) => [name, clean]).sort()).toEqual(
      running.map(([name]) => [name, true]),
    );
    expect((await listed()).map(([, , state]) => state)).toEqual(['stopped', 'stopped', 'stopped']);
    const lines = (await both('events', '--json')).stdout.trim().split('\n');
    const told = lines.map((line) => checkDocument('event', line)).map(({ name, type }) => `${type} ${name}`);
    for (const [name] of running) expect(told).toContain(`stopped ${name}`);
    await done(['--backend', 'nspawn', 'destroy', '--now', 'ours']);
  });
});

describe('where machined does not answer', () => {
  it('native machines are as they were, with a warning, and its own backend fails', async () => {
    await run('systemctl', 'stop', 'systemd-machined');
    await run('systemctl', 'mask', '--runtime', 'systemd-machined');
    try {
      const ran = await both('list');
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^web .*native/m) });
      expect(ran.stderr).toMatch(/^tsmachine: warning: machines of systemd-nspawn are left out: /);
      expect(await both('config', 'web', 'nesting')).toMatchObject({
        code: 0,
        stdout: 'false\n',
        stderr: '',
      });
      expect(await both('config', 'db')).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('warning'),
      });
      expect((await cli(['list'])).code).toBe(1);
    } finally {
      await run('systemctl', 'unmask', '--runtime', 'systemd-machined');
    }
    expect((await listed()).map(([name]) => name)).toEqual(['db', 'web']);
  });
});
