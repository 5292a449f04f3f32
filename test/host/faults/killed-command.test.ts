/** SIGKILL of the command at each of its numbered steps (src/machines/store/crash-points.ts). */
import { afterEach, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { crashPoints, type SteppedCommand } from '../../../src/machines/store/crash-points.ts';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore, expectUsable, listed, stateOf } from './store-state.ts';

const host = inThisProcess(withRoot());

function pointsOf(command: SteppedCommand): readonly number[] {
  return Array.from({ length: crashPoints[command] }, (_, index) => index + 1);
}

async function crash(command: SteppedCommand, point: number, args: readonly string[]): Promise<void> {
  const result = await host.cli(args, { env: { TSMACHINE_CRASH_AT: `${command}:${point}` } });
  expect(result.killedBy, `${args.join(' ')} reaches step ${point}\n${result.stderr}`).toBe('SIGKILL');
}

afterEach(async () => {
  for (const { name } of await listed(host)) await host.done(['destroy', name, '--force', '--now']);
});

describe('create killed at any step', () => {
  it.each(pointsOf('create'))(
    'step %i: the machine is there whole or not at all, and create works again',
    async (point) => {
      await crash('create', point, ['create', 'web', '-t', 'busybox']);
      const state = await stateOf(host, 'web');
      expect(['absent', 'stopped']).toContain(state);
      const again = await host.cli(['create', 'web', '-t', 'busybox']);
      expect(again.code, again.stderr).toBe(state === 'absent' ? 0 : 1);
      await expectUsable(host, 'web');
      expectConsistentStore(host);
    },
  );
});

describe('start killed at any step', () => {
  it.each(pointsOf('start'))(
    'step %i: the machine runs or does not, as shown, and goes on',
    async (point) => {
      await host.done(['create', 'web', '-t', 'busybox']);
      await crash('start', point, ['start', 'web']);
      expect(await stateOf(host, 'web')).toBe(point === 1 ? 'stopped' : 'running');
      await expectUsable(host, 'web');
      expectConsistentStore(host);
    },
  );
});

describe('stop killed at any step', () => {
  it.each(pointsOf('stop'))(
    'step %i: the machine ends or runs on, as shown, and stop works again',
    async (point) => {
      await host.done(['create', 'web', '-t', 'busybox', '--start']);
      await crash('stop', point, ['stop', 'web']);
      const again = await host.cli(['stop', 'web', '--timeout', `${patience.poll / 1000}`]);
      expect([0, 4], again.stderr).toContain(again.code);
      expect(await stateOf(host, 'web')).toBe('stopped');
      await expectUsable(host, 'web');
      expectConsistentStore(host);
    },
  );
});

describe('rename killed at any step', () => {
  it.each(pointsOf('rename'))(
    'step %i: the machine has one name, the old or the new, and keeps its files',
    async (point) => {
      await host.done(['create', 'old', '-t', 'busybox', '--start']);
      await host.done(['exec', 'old', '--', 'sh', '-c', 'echo kept > /root/file']);
      await host.done(['kill', 'old']);
      await crash('rename', point, ['rename', 'old', 'new']);
      await host.cli(['rename', 'old', 'new']);
      expect((await listed(host)).map(({ name }) => name)).toEqual(['new']);
      await host.done(['start', 'new']);
      expect(await host.done(['exec', 'new', '--', 'cat', '/root/file'])).toBe('kept\n');
      await host.done(['kill', 'new']);
      await expectUsable(host, 'new');
      expectConsistentStore(host);
    },
  );
});

describe('destroy killed at any step', () => {
  it.each(pointsOf('destroy'))(
    'step %i: the next destroy finishes it and the name is free',
    async (point) => {
      await host.done(['create', 'web', '-t', 'busybox', '--start']);
      await crash('destroy', point, ['destroy', 'web', '--force']);
      const again = await host.cli(['destroy', 'web', '--force']);
      expect([0, 3], again.stderr).toContain(again.code);
      expect(await stateOf(host, 'web')).toBe('absent');
      await host.done(['create', 'web', '-t', 'busybox']);
      await expectUsable(host, 'web');
      expectConsistentStore(host);
    },
  );
});
