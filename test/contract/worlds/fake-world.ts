/** The domain over the fake backend. What stays the same in it is what a test may believe that fakes native machines. */
import { readFileOf, writeFileOf } from '../../fakes/machine-files.ts';
import { makeMachinesIn } from '../../fakes/machines-in.ts';
import { createRequest } from '../requests.ts';
import type { World } from '../world.ts';
import { temporaryFolder } from './temporary-folders.ts';

export function createFakeWorld(): World {
  const fixture = makeMachinesIn(temporaryFolder());
  const { machines } = fixture;
  let count = 0;
  const newName = () => `contract-${++count}`;
  const make = (name = newName()) => machines.create(createRequest('tiny', { name }));
  const boot = async (name = newName()) => {
    await make(name);
    await machines.start(name, { ifNeeded: false });
    return name;
  };
  let shared: Promise<string> | undefined;
  const notPlayed = (): never => {
    throw new Error('the fake has no processes');
  };
  return {
    name: 'fake',
    machines,
    template: 'tiny',
    newName,
    make,
    boot,
    shared: () => (shared ??= boot()),
    withConsole: notPlayed,
    async halt(name) {
      await machines.kill(name, 'SIGKILL');
      await machines.waitForState(name, ['stopped'], 5);
    },
    write: async (name, path, text) => writeFileOf(fixture, name, path, text),
    read: async (name, path) => readFileOf(fixture, name, path),
    withHostname: (text, hostname) => JSON.stringify({ ...JSON.parse(text), hostname }),
    folder: temporaryFolder,
    cli: notPlayed,
  };
}
