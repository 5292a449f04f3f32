import type { MachineOperationName } from '../operations.ts';
import type { Explain } from './explain.ts';

export const explainMachine: Readonly<Record<MachineOperationName, Explain>> = {
  'run-directory': ([path]) => `keeps the lock, the state and the console socket of this run in ${path}`,
  'console-log': ([path, bytes]) =>
    `keeps the last ${inWords(Number(bytes))} of the console's output in ${path}`,
  'exit-record': ([path]) => `writes how the machine ended to ${path}`,
  'on-exit': () =>
    'asks, when the machine has ended and is torn down, whether it starts again: the monitor decides nothing itself',
  'on-terminate': () =>
    'halts the machine when the monitor is asked to end (SIGTERM, as at the shutdown of the host), and has it killed if that fails; it does not start again',
  'plan-file': ([path]) => `reads this plan again from ${path} when the machine reboots`,
  'on-event': () =>
    'tells the journal of what is watched below: the monitor itself does not know what it means',
  'watch-counters': ([path, how, , , , ...keys]) =>
    `hears from the kernel ${how === 'eventfd' ? '(eventfd) ' : ''}when ${keys.join(' or ')} of ${path} grows`,
  'watch-pressure': ([path, , , , share, stall, window]) =>
    `hears from the kernel when ${share === 'full' ? 'all' : 'some'} processes waited for ${resourceOf(path)} ` +
    `for ${Number(stall) / 1000} ms within ${Number(window) / 1000} ms (${path})`,
  'count-file': ([path]) => `keeps what ${path} says at the end, when the group is gone`,
};

function resourceOf(path = ''): string {
  return path.slice(path.lastIndexOf('/') + 1).replace('.pressure', '');
}

function inWords(bytes: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1024 ** 2, 'MiB'],
    [1024, 'KiB'],
  ];
  const unit = units.find(([size]) => bytes >= size && bytes % size === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / unit[0]} ${unit[1]}`;
}
