import { describe, expect, it } from 'vitest';
import { MachineError } from '../../src/machines/errors.ts';
import { run, summary } from './stub-machines.ts';

describe('--json', () => {
  it('gives the list as one versioned document, wherever the option stands', async () => {
    const machines = { list: async () => [summary('web'), summary('db')] };
    const after = await run(['list', '--json'], { machines });
    const before = await run(['--json', 'list'], { machines });
    expect(JSON.parse(after.stdout)).toEqual({ version: 1, machines: [summary('web'), summary('db')] });
    expect(before.stdout).toBe(after.stdout);
    expect(after.stdout.endsWith('\n')).toBe(true);
  });

  it('gives the outcome for each machine that a command changed, and nothing for people', async () => {
    const stop = async (name: string) => {
      if (name === 'db') throw new MachineError('wrong-state', 'it does not run', { hint: 'start it' });
      return { clean: true, exit: { reason: 'exited' as const, code: 3, signal: 0, endedAt: 0 } };
    };
    const ran = await run(['stop', 'web', 'db', '--json'], { machines: { stop } });
    expect(JSON.parse(ran.stdout)).toEqual({
      version: 1,
      results: [
        {
          name: 'web',
          ok: true,
          clean: true,
          exit: { reason: 'exited', code: 3, endedAt: '1970-01-01T00:00:00.000Z' },
          refused: null,
        },
        {
          name: 'db',
          ok: false,
          error: { code: 'wrong-state', attempt: 'stop db', message: 'it does not run', hint: 'start it' },
        },
      ],
    });
    expect(ran.exitCode).toBe(1);
  });

  it('gives an error as one object on stderr and nothing on stdout', async () => {
    const info = () => {
      throw new MachineError('no-such-machine', 'there is no machine "web"', { subject: 'web' });
    };
    const ran = await run(['info', 'web', '--json'], { machines: { info } });
    expect(ran).toMatchObject({ exitCode: 3, stdout: '' });
    expect(JSON.parse(ran.stderr)).toEqual({
      version: 1,
      error: {
        code: 'no-such-machine',
        attempt: 'show web',
        message: 'there is no machine "web"',
        subject: 'web',
      },
    });
  });

  it('gives wrong usage as such an object too', async () => {
    const ran = await run(['list', '--bogus', '--json']);
    expect(ran.exitCode).toBe(2);
    expect(JSON.parse(ran.stderr)).toMatchObject({ version: 1, error: { code: 'usage' } });
  });

  it('gives events as lines', async () => {
    const event = { time: '2026-01-31T12:00:00.000Z', name: 'web', type: 'frozen' as const, details: {} };
    const events = async function* () {
      yield event;
      yield { ...event, type: 'unfrozen' as const };
    };
    const ran = await run(['events', '--json'], { machines: { events } });
    const lines = ran.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { version: 1, ...event },
      { version: 1, ...event, type: 'unfrozen' },
    ]);
  });

  it('gives the logs as lines, events and console text apart', async () => {
    const event = { time: '2026-01-31T12:00:00.000Z', name: 'web', type: 'frozen' as const, details: {} };
    const machines = {
      readConsoleLog: async () => Buffer.from('\x1b[31mhello\x1b[0m\r\n'),
      events: async function* () {
        yield event;
      },
    };
    const ran = await run(['logs', 'web', '--json'], { machines });
    const lines = ran.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { version: 1, type: 'event', event },
      { version: 1, type: 'console', text: 'hello\n' },
    ]);
  });
});
