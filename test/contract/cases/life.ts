/** Starting, stopping, freezing, waiting. */
import { expect } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { casesOf, kernel } from '../case.ts';
import { work } from '../requests.ts';

const seconds = patience.poll / 1000;
const stop = { timeoutSeconds: seconds };
const wrongState = expect.objectContaining({ code: 'wrong-state' });

export const lifeCases = [
  ...casesOf('start', {
    'runs it': async ({ machines, make }) => {
      const name = await make();
      expect(await machines.start(name, { ifNeeded: false })).toBe(true);
      expect(await machines.info(name)).toMatchObject({ state: 'running', startedAt: expect.any(String) });
    },
    'refuses one that runs, unless it is asked for if needed': async ({ machines, shared }) => {
      const name = await shared();
      await expect(machines.start(name, { ifNeeded: false })).rejects.toEqual(wrongState);
      expect(await machines.start(name, { ifNeeded: true })).toBe(false);
    },
  }),
  ...casesOf(
    'start --ephemeral',
    {
      'runs a clone, which is gone when it ends': async ({ machines, make }) => {
        const name = await machines.startEphemeral(await make(), work);
        expect(await machines.info(name)).toMatchObject({ state: 'running', ephemeral: true });
        await machines.kill(name, 'SIGKILL');
        await expect.poll(() => machines.names()).not.toContain(name);
      },
    },
    kernel,
  ),
  ...casesOf('stop', {
    'halts its init': async ({ machines, boot }) => {
      const name = await boot();
      expect(await machines.stop(name, stop)).toMatchObject({ clean: true });
      expect(await machines.info(name)).toMatchObject({ state: 'stopped', pid: null });
    },
    'kills what does not halt in time, and says so': async ({ machines, boot, name: world }) => {
      // The fake's init halts at once.
      if (world === 'fake') return;
      const name = await boot();
      expect(await machines.stop(name, { timeoutSeconds: 0 })).toMatchObject({ clean: false });
      expect(await machines.info(name)).toMatchObject({ state: 'stopped' });
    },
    'thaws a frozen one first': async ({ machines, boot }) => {
      const name = await boot();
      await machines.freeze(name);
      expect(await machines.stop(name, stop)).toMatchObject({ clean: true });
    },
    'refuses one that is down': async ({ machines, make }) => {
      await expect(machines.stop(await make(), stop)).rejects.toEqual(wrongState);
    },
  }),
  ...casesOf('restart', {
    'stops it and starts it again': async ({ machines, boot }) => {
      const name = await boot();
      const before = await machines.info(name);
      await machines.restart(name, stop);
      const after = await machines.info(name);
      expect(after.state).toBe('running');
      expect(Date.parse(after.startedAt ?? '')).toBeGreaterThan(Date.parse(before.startedAt ?? ''));
    },
  }),
  ...casesOf('kill', {
    'ends every process of it at once': async ({ machines, boot }) => {
      const name = await boot();
      await machines.kill(name, 'SIGKILL');
      await machines.waitForState(name, ['stopped'], seconds);
      expect(await machines.info(name)).toMatchObject({ state: 'stopped' });
    },
    'sends another signal to its init, which may live on': async ({ machines, shared }) => {
      const name = await shared();
      await machines.kill(name, 'SIGHUP');
      expect(await machines.info(name)).toMatchObject({ state: 'running' });
    },
    'refuses one that is down': async ({ machines, make }) => {
      await expect(machines.kill(await make(), 'SIGKILL')).rejects.toEqual(wrongState);
    },
  }),
  ...casesOf('freeze', {
    'holds every process of it, until unfreeze lets them go on': async ({ machines, boot }) => {
      const name = await boot();
      await machines.freeze(name);
      expect(await machines.info(name)).toMatchObject({ state: 'frozen' });
      await expect(machines.freeze(name)).rejects.toEqual(wrongState);
      await machines.unfreeze(name);
      expect(await machines.info(name)).toMatchObject({ state: 'running' });
      await expect(machines.unfreeze(name)).rejects.toEqual(wrongState);
    },
  }),
  ...casesOf('wait', {
    'resolves when it is in one of the states': async ({ machines, make }) => {
      const name = await make();
      const running = machines.waitForState(name, ['running'], seconds);
      await machines.start(name, { ifNeeded: false });
      await running;
      expect(await machines.info(name)).toMatchObject({ state: 'running' });
    },
    'gives up when the time is over': async ({ machines, make }) => {
      await expect(machines.waitForState(await make(), ['running'], 0.2)).rejects.toMatchObject({
        code: 'timeout',
      });
    },
    'waits for its boot (start --wait)': async ({ machines, shared }) => {
      await machines.waitUntilReady(await shared(), seconds);
    },
  }),
  ...casesOf(
    'processes',
    {
      'tells what a stop waits for': async ({ machines, shared }) => {
        const { total, processes } = await machines.remaining(await shared());
        expect(total).toBeGreaterThan(0);
        expect(processes.map(({ insidePid }) => insidePid)).toContain(1);
      },
    },
    kernel,
  ),
];
