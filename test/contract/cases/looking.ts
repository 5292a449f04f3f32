/** What is asked without changing anything. */
import { expect } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import { casesOf, kernel } from '../case.ts';

export const lookingCases = [
  ...casesOf('list', {
    'has a row for each machine, with what it is at': async ({ machines, make, shared, name: world }) => {
      const [running, down] = [await shared(), await make()];
      const rows = await machines.list();
      const backend = world === 'nspawn' ? 'nspawn' : 'native';
      expect(rows.find(({ name }) => name === running)).toMatchObject({
        backend,
        state: 'running',
        pid: expect.any(Number),
        startedAt: expect.any(String),
      });
      expect(rows.find(({ name }) => name === down)).toMatchObject({
        backend,
        state: 'stopped',
        pid: null,
        startedAt: null,
      });
    },
  }),
  ...casesOf('info', {
    'has a machine with its configuration, and how it last ended': async ({ machines, boot }) => {
      const name = await boot();
      expect(await machines.info(name)).toMatchObject({ state: 'running', config: { version: 1 } });
      await machines.kill(name, 'SIGKILL');
      await machines.waitForState(name, ['stopped'], patience.poll / 1000);
      expect(await machines.info(name)).toMatchObject({
        state: 'stopped',
        lastExit: { reason: expect.any(String) },
      });
    },
    // Memory and processes where the host counts them (memory, pids): the test host has no such controllers.
    'tells the processor time that it has used': async ({ machines, shared }) => {
      expect((await machines.usage(await shared())).cpuUsec).toBeGreaterThan(0);
    },
    'tells what it takes on disk': async ({ machines, make, write }) => {
      const name = await make();
      await write(name, '/large', 'x'.repeat(100_000));
      const { ownBytes } = await machines.diskUsage(name);
      expect(ownBytes).toBeGreaterThanOrEqual(100_000);
    },
  }),
  ...casesOf(
    'info',
    {
      'shows namespaces, groups and ids as the kernel has them': async ({ machines, make, shared }) => {
        const seen = await machines.inspect(await shared());
        expect(seen?.namespaces['pid']).toBeGreaterThan(0);
        expect(seen?.sharedNamespaces).not.toContain('pid');
        expect(seen?.cgroups.length).toBeGreaterThan(0);
        expect(seen?.idMap.length).toBeGreaterThan(0);
        expect(await machines.inspect(await make())).toBeNull();
      },
    },
    kernel,
  ),
  ...casesOf(
    'top',
    {
      'samples machines that run, and their processes': async ({ machines, shared }) => {
        const name = await shared();
        const sampler = await machines.openSampler('machines', { rates: false });
        try {
          const group = sampler.sample().groups.find(({ machine }) => machine === name);
          expect(group).toMatchObject({ pid: expect.any(Number), phase: 'running' });
          expect(sampler.processes(group?.id ?? '').map(({ insidePid }) => insidePid)).toContain(1);
        } finally {
          sampler.close();
        }
      },
    },
    kernel,
  ),
  ...casesOf('plan', {
    'shows each step of a start, without taking it': async ({ machines, make }) => {
      expect((await machines.plan(await make())).length).toBeGreaterThan(0);
    },
  }),
  ...casesOf('doctor', {
    'tells what the host has for it': async ({ machines }) => {
      const findings = await machines.examineHost();
      expect(findings.length).toBeGreaterThan(0);
      for (const { verdict, fix } of findings) {
        if (verdict === 'warning' || verdict === 'problem') expect(fix).toBeTruthy();
      }
    },
  }),
  ...casesOf('autostart', {
    'lists what is started with the host, in its order': async ({ machines, make }) => {
      const name = await make();
      await machines.changeSettings(name, { autostart: 'true' });
      const listed = await machines.autostartMachines({ groups: [], all: false });
      expect(listed.find((machine) => machine.name === name)).toMatchObject({ enabled: true });
      await machines.changeSettings(name, { autostart: 'false' });
    },
  }),
];
