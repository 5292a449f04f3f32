/** Machines of the native backend, in a root of their own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { patience } from '../../../scripts/test-patience.mjs';
import type { Machines } from '../../../src/machines/machines.ts';
import type { HostRoot } from '../../setup/with-root.ts';
import { copyRequest, createRequest } from '../requests.ts';
import type { World } from '../world.ts';
import { nativeMachines } from './program-domain.ts';
import { temporaryFolder } from './temporary-folders.ts';

export function createNativeWorld(host: HostRoot): World {
  const machines = nativeMachines(host);
  let count = 0;
  const newName = () => `contract-${++count}`;
  const make = (name = newName()) => machines.create(createRequest('busybox', { name }));
  const boot = async (name = newName()) => {
    await make(name);
    await machines.start(name, { ifNeeded: false });
    return name;
  };
  let shared: Promise<string> | undefined;
  return {
    name: 'native',
    machines,
    template: 'busybox',
    newName,
    make,
    boot,
    shared: () => (shared ??= boot()),
    withConsole: () => (shared ??= boot()),
    async halt(name) {
      await machines.kill(name, 'SIGKILL');
      await machines.waitForState(name, ['stopped'], patience.poll / 1000);
    },
    write: (name, path, text) => writeIn(machines, name, path, text),
    read: (name, path) => readIn(machines, name, path),
    withHostname: (text, hostname) => JSON.stringify({ ...JSON.parse(text), hostname }),
    folder: temporaryFolder,
    cli: host.cli,
  };
}

async function writeIn(machines: Machines, name: string, path: string, text: string): Promise<void> {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, text);
  await machines.push(name, copyRequest([file], path));
}

async function readIn(machines: Machines, name: string, path: string): Promise<string | undefined> {
  const file = join(temporaryFolder(), 'file');
  await machines.pull(name, copyRequest([path], file)).catch(() => undefined);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
