/** All machines, and one: what machined and systemd say, put together. */
import { BackendError } from '../../backend.ts';
import type { ManagedImage } from '../../manager/images.ts';
import type { ListedMachine, ManagedMachine } from '../../manager/views.ts';
import { dbusErrorName } from '../bus/bus-errors.ts';
import type { NspawnContext } from '../context.ts';
import {
  imagePath,
  type MachineProperties,
  type ListedMachine as MachineRow,
  machinePath,
} from '../machine1.ts';
import type { ListedUnit } from '../systemd1.ts';
import { unitOfMachine } from '../unit-name.ts';
import type { HostView } from './host-view.ts';
import { imageFolders, imageOfProperties, listedImage } from './image-rows.ts';
import { CONTAINER, type LiveMachine, liveMachine } from './live-machine.ts';
import { readMainProcess } from './main-process.ts';
import { type MainProcess, machineStatus } from './status.ts';

/** Units of machines: those that are started by name, and those of a systemd-nspawn that somebody ran. */
const UNITS = ['systemd-nspawn@*.service', 'machine-*.scope'] as const;

export async function machineNames({ machine1 }: NspawnContext): Promise<readonly string[]> {
  const [images, machines] = await Promise.all([machine1.listImages(), machine1.listMachines()]);
  return namesOf(
    images.map(({ name }) => name),
    machines,
  );
}

/** Sorted. */
export async function keptStates({ machine1 }: NspawnContext, name: string): Promise<readonly string[]> {
  const images = await machine1.listImages();
  return keptStatesAmong(images.map((image) => image.name))(name);
}

/** In two rounds of calls that are sent at once each; where nothing runs or has failed, in one. */
export async function allMachines(context: NspawnContext, host: HostView): Promise<readonly ListedMachine[]> {
  const { machine1, systemd1 } = context;
  const [rows, machines, units] = await Promise.all([
    machine1.listImages(),
    machine1.listMachines(),
    systemd1.listUnits(UNITS),
  ]);
  const folderOf = imageFolders(host.imageFolders);
  const images = new Map(rows.map((row) => [row.name, listedImage(row, folderOf)]));
  const names = namesOf([...images.keys()], machines);
  const wasRegistered = new Set(machines.map(({ name }) => name));
  const unitsByName = new Map(units.map((unit) => [unit.name, unit]));
  const [live, mains] = await Promise.all([
    readLive(context, host, machines),
    readMains(
      context,
      names.filter((name) => !wasRegistered.has(name)),
      unitsByName,
    ),
  ]);
  const statesOf = keptStatesAmong([...images.keys()]);
  return names.flatMap((name) => {
    const registered = live.get(name);
    const image = images.get(name) ?? null;
    // It ended while it was looked at.
    if (registered === undefined && image === null) return [];
    const hasEnded = registered === undefined && wasRegistered.has(name);
    const unit = hasEnded ? undefined : unitsByName.get(registered?.unit ?? unitOfMachine(name));
    return { ...machineOf(name, image, registered, unit, mains.get(name)), keptStates: statesOf(name) };
  });
}

/** Undefined: there is none. By three calls that are sent at once; one that starts, stops or has failed is looked at more closely. */
export async function findMachine(
  context: NspawnContext,
  host: HostView,
  name: string,
): Promise<ManagedMachine | undefined> {
  const { systemd1 } = context;
  const own = unitOfMachine(name);
  const [image, live, [ownUnit]] = await Promise.all([
    findImage(context, name),
    findLive(context, host, name),
    systemd1.listUnitsByNames([own]),
  ]);
  if (live !== undefined) {
    const [unit] = live.unit === own ? [ownUnit] : await systemd1.listUnitsByNames([live.unit]);
    return machineOf(name, image, live, unit, undefined);
  }
  if (image === null) return undefined;
  const main = isAtRest(ownUnit) ? undefined : await readMainProcess(systemd1, own);
  return machineOf(name, image, undefined, ownUnit, main);
}

/** Undefined: machined has none, or it is no container. */
export async function findLive(
  { machine1 }: NspawnContext,
  host: HostView,
  name: string,
): Promise<LiveMachine | undefined> {
  const found = await ifThere(machine1.machineProperties(machinePath(name)));
  return found === undefined || !isOne(found) ? undefined : liveMachine(found, host);
}

async function findImage({ machine1 }: NspawnContext, name: string): Promise<ManagedImage | null> {
  const found = await ifThere(machine1.imageProperties(imagePath(name)));
  return found === undefined ? null : imageOfProperties(found);
}

/** Machines and images are asked for by the path of their object: one that is not there is no object. */
async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const isGone =
      dbusErrorName(error) === 'org.freedesktop.DBus.Error.UnknownObject' ||
      (error instanceof BackendError && (error.code === 'not-running' || error.code === 'no-such-machine'));
    if (isGone) return undefined;
    throw error;
  }
}

export async function readLive(
  { machine1 }: NspawnContext,
  host: HostView,
  machines: readonly MachineRow[],
): Promise<ReadonlyMap<string, LiveMachine>> {
  const found = await Promise.all(
    machines.filter(isOne).map(({ path }) => ifThere(machine1.machineProperties(path))),
  );
  return new Map(found.flatMap((one) => (one === undefined ? [] : [[one.name, liveMachine(one, host)]])));
}

/** Of services that start, stop or have failed: nobody is registered for them. */
async function readMains(
  { systemd1 }: NspawnContext,
  names: readonly string[],
  units: ReadonlyMap<string, ListedUnit>,
): Promise<ReadonlyMap<string, MainProcess>> {
  const asked = names.filter((name) => !isAtRest(units.get(unitOfMachine(name))));
  const mains = await Promise.all(asked.map((name) => readMainProcess(systemd1, unitOfMachine(name))));
  return new Map(asked.map((name, index) => [name, mains[index] as MainProcess]));
}

/** It is down, and its last run is not to be told of. */
function isAtRest(unit: ListedUnit | undefined): boolean {
  return unit === undefined || unit.active === 'inactive';
}

function isOne({ class: of }: Pick<MachineRow | MachineProperties, 'class'>): boolean {
  return of === CONTAINER;
}

function machineOf(
  name: string,
  image: ManagedImage | null,
  live: LiveMachine | undefined,
  unit: ListedUnit | undefined,
  main: MainProcess | undefined,
): ManagedMachine {
  return {
    name,
    image,
    status: machineStatus({ unit, registered: live?.registered, main }),
    unit: live?.unit || unitOfMachine(name),
    service: live?.service || null,
    rootDirectory: live?.rootDirectory ?? image?.path ?? null,
    ...(live?.sharesHostIds === undefined ? {} : { sharesHostIds: live.sharesHostIds }),
  };
}

function namesOf(images: readonly string[], machines: readonly MachineRow[]): readonly string[] {
  const own = images.filter((name) => !name.startsWith('.') && !name.includes('@'));
  return [...new Set([...own, ...machines.filter(isOne).map(({ name }) => name)])].sort();
}

function keptStatesAmong(images: readonly string[]): (machine: string) => readonly string[] {
  const states = new Map<string, string[]>();
  for (const name of images) {
    const at = name.indexOf('@');
    if (at <= 0) continue;
    const machine = name.slice(0, at);
    const known = states.get(machine) ?? [];
    known.push(name.slice(at + 1));
    states.set(machine, known);
  }
  return (machine) => (states.get(machine) ?? []).sort();
}
