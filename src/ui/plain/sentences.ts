/** Machines in sentences, for who hears them and for terminals that can only go on to the next line. Pure. */
import type { MachineSummary } from '../../machines/machines.ts';
import { visible } from '../../presentation/plain-text.ts';
import { formatDuration, formatShort } from '../../presentation/units.ts';

/** @param now milliseconds since the epoch */
export function machineSentence(machine: MachineSummary, now: number): string {
  const { name, backend, state, startedAt, memoryBytes, tasks, snapshots, addresses, privileged } = machine;
  const since = startedAt === null ? '' : ` for ${formatDuration((now - Date.parse(startedAt)) / 1000)}`;
  const parts = [
    `${name} is ${state}${since}`,
    ...(backend === 'nspawn' ? ['run by systemd-nspawn'] : []),
    ...(memoryBytes === null ? [] : [`memory ${formatShort(memoryBytes, 1024)}`]),
    ...(tasks === null ? [] : [counted(tasks, 'task')]),
    ...(addresses.length === 0 ? [] : [`address ${addresses.map(visible).join(' ')}`]),
    ...(snapshots === 0 ? [] : [counted(snapshots, 'snapshot')]),
    ...(privileged ? ['PRIVILEGED'] : []),
  ];
  return `${parts.join(', ')}.`;
}

export function listSentences(
  machines: readonly MachineSummary[],
  hostName: string,
  now: number,
): readonly string[] {
  const running = machines.filter(({ state }) => state === 'running').length;
  return [
    `${visible(hostName)} has ${counted(machines.length, 'machine')}, ${running} running.`,
    ...machines.map((machine) => machineSentence(machine, now)),
  ];
}

/** What is not as it was: machines that came, went, or are in another state. */
export function changeSentences(
  before: readonly MachineSummary[],
  after: readonly MachineSummary[],
): readonly string[] {
  const old = new Map(before.map((machine) => [machine.name, machine]));
  const names = new Set(after.map(({ name }) => name));
  return [
    ...before.filter(({ name }) => !names.has(name)).map(({ name }) => `${name} is gone.`),
    ...after.flatMap(({ name, state }) => {
      const was = old.get(name);
      if (was === undefined) return [`${name} is new, and ${state}.`];
      return was.state === state ? [] : [`${name} is ${state} now.`];
    }),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
