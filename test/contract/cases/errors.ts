/** What is refused everywhere, and how. */
import { expect } from 'vitest';
import { MachineError } from '../../../src/machines/errors.ts';
import type { Machines } from '../../../src/machines/machines.ts';
import { execRequest } from '../../fakes/exec-request.ts';
import { casesOf } from '../case.ts';
import { cloneRequest, createRequest, snapshotRequest, work } from '../requests.ts';

const stop = { timeoutSeconds: 5 };
const nobody = 'nobody-is-called-so';

/** Each with the machine that there is not. */
const verbs: Readonly<Record<string, (machines: Machines) => Promise<unknown>>> = {
  info: (machines) => machines.info(nobody),
  start: (machines) => machines.start(nobody, { ifNeeded: false }),
  stop: (machines) => machines.stop(nobody, stop),
  restart: (machines) => machines.restart(nobody, stop),
  kill: (machines) => machines.kill(nobody, 'SIGKILL'),
  freeze: (machines) => machines.freeze(nobody),
  unfreeze: (machines) => machines.unfreeze(nobody),
  exec: (machines) => machines.exec(nobody, execRequest(['true'])),
  readConsoleLog: (machines) => machines.readConsoleLog(nobody),
  followConsoleLog: (machines) =>
    machines.followConsoleLog(nobody, new AbortController().signal)[Symbol.asyncIterator]().next(),
  rename: (machines) => machines.rename(nobody, 'another-name'),
  clone: (machines) => machines.clone(nobody, 'another-name', cloneRequest),
  destroy: (machines) => machines.destroy(nobody, { force: false, now: true }),
  snapshot: (machines) => machines.snapshot(nobody, snapshotRequest('then')),
  snapshots: (machines) => machines.snapshots(nobody),
  restore: (machines) => machines.restore(nobody, 'then', work),
  settings: (machines) => machines.settings(nobody),
  changeSettings: (machines) => machines.changeSettings(nobody, { 'pids.max': '9' }),
  waitForState: (machines) => machines.waitForState(nobody, ['running'], 1),
};

export const errorCases = [
  ...casesOf('every command', {
    'says that there is no such machine': async ({ machines }) => {
      // One after the other: they ask for the same lock, and a slow host makes those that wait give up.
      for (const [verb, call] of Object.entries(verbs)) {
        const error = await call(machines).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect({ verb, code: codeOf(error) }).toEqual({ verb, code: 'no-such-machine' });
      }
    },
    'refuses a name that is none': async ({ machines, template, make }) => {
      for (const name of ['-x', 'a/b', '..', 'a b', '', 'x'.repeat(64), 'a\n']) {
        await expect(machines.create(createRequest(template, { name }))).rejects.toMatchObject({
          code: 'usage',
        });
      }
      await expect(machines.rename(await make(), '../x')).rejects.toMatchObject({ code: 'usage' });
    },
  }),
];

function codeOf(error: unknown): unknown {
  return error instanceof MachineError ? error.code : error;
}
