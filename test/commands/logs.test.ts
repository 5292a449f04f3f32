import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MachineError } from '../../src/machines/errors.ts';
import type { Machines } from '../../src/machines/machines.ts';
import { run } from './stub-machines.ts';

const missing = () => new MachineError('no-such-machine', 'there is no machine "web"', { subject: 'web' });

/** Each fails when it does: what is followed long before what is kept has been read. */
const machines: Partial<Machines> = {
  events: async function* () {},
  // biome-ignore lint/correctness/useYield: it fails before.
  followEvents: async function* () {
    throw missing();
  },
  // biome-ignore lint/correctness/useYield: it fails before.
  followConsoleLog: async function* () {
    throw missing();
  },
  readConsoleLog: async () => {
    await setImmediate();
    throw missing();
  },
};

describe('logs', () => {
  it.each([[['logs', 'web']], [['logs', '-f', 'web']]])(
    'say by %j that there is no such machine',
    async (words) => {
      expect(await run(words, { machines })).toMatchObject({
        exitCode: 3,
        stdout: '',
        stderr: expect.stringContaining('cannot read the logs of web: there is no machine "web"'),
      });
    },
  );
});
