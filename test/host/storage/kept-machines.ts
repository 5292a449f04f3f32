/** What the tests of all drivers do to machines and their files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import type { StorageDriverName } from '../../../src/backends/machine-spec.ts';
import type { FilePlace } from '../../../src/backends/storage.ts';
import { type NativeHost, untilEnd } from '../native-machine.ts';

/** A place for a state; the parents are there, as the domain makes them. */
export function placeOf(host: NativeHost, machine: MachineHandle, name: string): FilePlace {
  const layer = `${host.root}/layers/${machine.spec.name}-${name}/fs`;
  const tree = `${machine.directory}/snapshots/${name}/root`;
  mkdirSync(dirname(layer), { recursive: true });
  mkdirSync(dirname(tree), { recursive: true });
  return { layer, tree };
}

/** The same machine with these layers, as the domain stores it after a change. */
export function withLayers(machine: MachineHandle, layers: readonly string[]): MachineHandle {
  const { spec } = machine;
  return { ...machine, spec: { ...spec, storage: { ...spec.storage, layers } } };
}

/** A machine that the host does not know; its storage is yet to be made. */
export async function bareMachine(
  host: NativeHost,
  name: string,
  driver: StorageDriverName,
  layers: readonly string[] = [host.layer],
): Promise<MachineHandle> {
  const machine = await host.create(name, { storage: { driver: 'overlay', layers } });
  await host.backend.storage.remove(`${machine.directory}/storage`);
  return { ...machine, spec: { ...machine.spec, storage: { driver, layers } } };
}

/** Where the machine's own writes go. */
export function writable({ spec, directory }: MachineHandle): string {
  return `${directory}/storage/${spec.storage.driver === 'overlay' ? 'upper' : 'root'}`;
}

export function write(machine: MachineHandle, path: string, text: string): void {
  mkdirSync(dirname(`${writable(machine)}/${path}`), { recursive: true });
  writeFileSync(`${writable(machine)}/${path}`, text);
}

/** What a command prints in the machine, which is started for it and ended. */
export async function askInside(host: NativeHost, machine: MachineHandle, script: string): Promise<string> {
  const { backend } = host;
  await backend.start(machine);
  const { exitCode, stdout, stderr } = await host.run(machine, '/bin/sh', '-c', script);
  await end(host, machine);
  expect(exitCode, String(stderr)).toBe(0);
  return String(stdout);
}

export async function end(host: NativeHost, machine: MachineHandle): Promise<void> {
  await host.backend.kill(machine);
  await untilEnd(host.backend, machine);
  await host.backend.collect(machine);
}

export function textIn(tree: string | undefined, path: string): string | undefined {
  const file = `${tree}/${path}`;
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
