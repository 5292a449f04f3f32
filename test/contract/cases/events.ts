/** What happened, and what happens. */
import { expect } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import type { MachineEventType } from '../../../src/machines/events/events.ts';
import { casesOf } from '../case.ts';

export const eventCases = [
  ...casesOf('events', {
    'tells what happened to a machine, oldest first': async ({ machines, make }) => {
      const name = await make();
      await machines.start(name, { ifNeeded: false });
      await machines.kill(name, 'SIGKILL');
      await machines.waitForState(name, ['stopped'], patience.poll / 1000);
      const types = async () => {
        const seen: MachineEventType[] = [];
        for await (const { type } of machines.events({ name })) seen.push(type);
        return seen.filter((type) => ['started', 'stopped'].includes(type));
      };
      await expect.poll(types).toEqual(['started', 'stopped']);
    },
    'tells what happens while it happens': async ({ machines, make }) => {
      const name = await make();
      const { signal, ended, types } = following();
      const events = machines.followEvents({ name }, signal)[Symbol.asyncIterator]();
      // The first answer may come only with the first event: asked for before the deed.
      const first = events.next();
      await machines.start(name, { ifNeeded: false });
      for (let next = await first; next.done !== true; next = await events.next()) {
        types.push(next.value.type);
        if (next.value.type === 'started') break;
      }
      ended();
      expect(types).toContain('started');
    },
  }),
];

function following() {
  const controller = new AbortController();
  const types: MachineEventType[] = [];
  return { signal: controller.signal, ended: () => controller.abort(), types };
}
