/** What tests of crashes hold against the promise "nothing lost, nothing leaked, nothing shown wrongly". */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { HostRoot } from '../../setup/with-root.ts';

interface ListedMachine {
  readonly name: string;
  readonly state: string;
  readonly pid: number | null;
}

export async function listed(host: HostRoot): Promise<readonly ListedMachine[]> {
  return JSON.parse(await host.done(['list', '--json'])).machines;
}

export async function stateOf(host: HostRoot, name: string): Promise<string> {
  return (await listed(host)).find((machine) => machine.name === name)?.state ?? 'absent';
}

function entries(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** What a command that died left of a file that it was writing is taken over by the next one that writes it. */
function wholeEntries(folder: string): readonly string[] {
  return entries(folder).filter((name) => !name.startsWith('.'));
}

/** Every id range belongs to a machine or to an entry of the trash; no machine shares one; no intent is open. */
export function expectConsistentStore(host: HostRoot, when = ''): void {
  const owners = wholeEntries(join(host.root, 'ids')).map((base) =>
    readlinkSync(join(host.root, 'ids', base)),
  );
  const trashed = wholeEntries(join(host.root, 'trash')).filter((entry) => !/[@+]/.test(entry));
  const known = [...wholeEntries(join(host.root, 'machines')), ...trashed];
  expect(new Set(owners).size, `${when} one range each: ${owners}`).toBe(owners.length);
  expect([...owners].sort(), when).toEqual(known.sort());
  expect(entries(join(host.root, 'intents')), when).toEqual([]);
  expect(entries(join(host.root, 'staging')), when).toEqual([]);
}

/** The machine can be started, entered, stopped by force and destroyed: the whole way a person would go on. */
export async function expectUsable(host: HostRoot, name: string): Promise<void> {
  await host.done(['start', name, '--if-needed']);
  expect(await host.done(['exec', name, '--', 'hostname'])).toBe(`${name}\n`);
  await host.done(['kill', name]);
  expect(await stateOf(host, name)).toBe('stopped');
}
