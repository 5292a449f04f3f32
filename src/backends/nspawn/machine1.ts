/** systemd-machined, as org.freedesktop.machine1(5) has it. All methods throw BackendError as Bus.call does. */
import type { Bus } from './bus/bus.ts';
import type { SignalMatch } from './bus/calls.ts';
import { createMachine1Calls, MACHINE1, MANAGER, MANAGER_PATH } from './machine1/calls.ts';
import { createImageCalls } from './machine1/images.ts';
import { createMachineCalls } from './machine1/machines.ts';
import { escapeLabel } from './unit-name.ts';

export { MACHINE1 } from './machine1/calls.ts';
export type { ImageProperties, ListedImage } from './machine1/images.ts';
export type { ListedMachine, MachineAddress, MachineProperties } from './machine1/machines.ts';

export type Machine1 = ReturnType<typeof createMachine1>;

export function createMachine1(bus: Bus) {
  const calls = createMachine1Calls(bus);
  return { ...createMachineCalls(calls), ...createImageCalls(calls) };
}

/** Of the object of one that runs. */
export function machinePath(name: string): string {
  return `${MANAGER_PATH}/machine/${escapeLabel(name)}`;
}

/** Of the object of an image, whether there is one or not. */
export function imagePath(name: string): string {
  return `${MANAGER_PATH}/image/${escapeLabel(name)}`;
}

/** MachineNew and MachineRemoved: the machine's name, the path of its object. */
export const machineSignals: SignalMatch = { sender: MACHINE1, interface: MANAGER, path: MANAGER_PATH };
