import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { withRoot } from '../../setup/with-root.ts';
import { successes } from './attack.ts';
import { withTarget } from './target.ts';
import { weakenedHelper } from './weakened-helper.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');
const sibling = withTarget(host, 'sibling');

/** A process of the host that nobody else can mean. */
const victimArguments = ['86399.731'];
let victim: ChildProcess;

beforeAll(() => {
  victim = spawn('sleep', victimArguments, { stdio: 'ignore' });
});
afterAll(() => victim.kill('SIGKILL'));

describe('a process of the host', () => {
  it('is not seen by a machine', async () => {
    const commands = await machine.ask('cat /proc/[0-9]*/cmdline | tr "\\0" " "');
    expect(commands).toContain('init');
    expect(commands).not.toContain(victimArguments[0]);
  });

  it('cannot be signalled, traced, read or held by a machine', async () => {
    const outcomes = await machine.attack('trace', String(victim.pid), String(process.pid), '2');
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['ESRCH']));
  });

  it('outlives a SIGKILL to everything that a machine can reach', async () => {
    await machine.shell('kill -9 -1');
    expect(isAlive(victim.pid)).toBe(true);
    expect(await sibling.ask('echo here')).toBe('here');
  });
});

describe('a plan without a pid or a mount namespace', () => {
  it.each(['pid', 'mount'])('is refused by the helper itself (%s)', async (namespace) => {
    const helper = weakenedHelper(`without-${namespace}`, [{ of: 'namespaces', omit: namespace }]);
    await host.done(['create', 'exposed', '-t', 'busybox', '--set', 'privileged=true']);
    const { code, stderr } = await host.cli(['start', 'exposed'], { env: { TSMACHINE_HELPER: helper } });
    await host.done(['destroy', '--now', 'exposed']);
    expect(code).toBe(1);
    expect(stderr).toContain('without its own mount and pid namespace');
  });
});

describe('a process of another machine', () => {
  it('cannot be signalled, traced, read or held', async () => {
    const outcomes = await machine.attack('trace', String(await sibling.pid()));
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['ESRCH']));
  });

  it('belongs to other users of the host: id ranges are the machines own and do not overlap', async () => {
    const [one, other] = [idMap(await machine.pid()), idMap(await sibling.pid())];
    for (const { inside, outside, count } of [one, other]) {
      expect({ inside, count }).toEqual({ inside: 0, count: 65536 });
      expect(outside).toBeGreaterThanOrEqual(65536);
    }
    expect(Math.abs(one.outside - other.outside)).toBeGreaterThanOrEqual(65536);
  });

  it('maps groups as it maps users', async () => {
    const pid = await machine.pid();
    expect(idMap(pid, 'gid_map')).toEqual(idMap(pid));
  });
});

describe('the supervisor of a machine', () => {
  it('is not seen from inside, and is not the parent that init knows', async () => {
    expect(await machine.ask('cat /proc/[0-9]*/comm')).not.toContain('tsmachine');
    expect(await machine.ask("grep PPid /proc/1/status | tr -d '[:space:]'")).toBe('PPid:0');
  });
});

describe('reboot(2) inside', () => {
  for (const how of ['halt', 'restart']) {
    it(`ends the machine and nothing else (${how})`, async () => {
      const before = await startOf(machine.pid);
      await machine.shell(`${await machine.planted('reboot')} ${how}`);
      if (how === 'halt') {
        await host.done(['wait', machine.name, '--state', 'stopped', '--timeout', `${patience.poll / 1000}`]);
        await host.done(['start', machine.name]);
      } else {
        await expect.poll(() => startOf(machine.pid)).not.toBe(before);
      }
      expect(isAlive(victim.pid)).toBe(true);
      expect(await sibling.ask('echo here')).toBe('here');
    });
  }
});

describe('a nested user namespace', () => {
  it('gives all capabilities over itself and none over the host', async () => {
    const command = [await machine.planted('nested'), await machine.planted('syscalls')].join(' ');
    const { stdout } = await machine.shell(command);
    expect(stdout).toContain('init_module');
    const { unshare: _, ...outcomes } = Object.fromEntries(
      stdout.split('\n').map((line) => line.split(' ') as [string, string]),
    );
    expect(successes(outcomes)).toEqual([]);
  });
});

function isAlive(pid: number | undefined): boolean {
  return pid !== undefined && process.kill(pid, 0);
}

/** Pid and start time, or what is said while there is none. */
async function startOf(pidOf: () => Promise<number>): Promise<string> {
  const pid = await pidOf();
  return pid === null
    ? 'down'
    : `${pid} ${readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]}`;
}

function idMap(pid: number, file = 'uid_map'): { inside: number; outside: number; count: number } {
  const lines = readFileSync(`/proc/${pid}/${file}`, 'utf8').trim().split('\n');
  expect(lines).toHaveLength(1);
  const [inside = -1, outside = -1, count = -1] = (lines[0] ?? '').trim().split(/\s+/).map(Number);
  return { inside, outside, count };
}
