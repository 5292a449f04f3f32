/** In which order machines are started with the host, and stopped with it. */
import type { MachineConfig } from '../config/config-schema.ts';
import type { Domain } from '../domain.ts';
import type { AutostartChoice, AutostartMachine, MachineSummary } from '../machines.ts';
import { loadMachine } from '../store/store.ts';
import { list } from './list.ts';

/** Started at once, then there is a pause. */
export interface AutostartBatch {
  readonly names: readonly string[];
  readonly pauseMs: number;
}

/** In the order in which they are started. A machine whose config cannot be read is left out: nobody knows what it says. */
export function autostartMachines(domain: Domain, choice: AutostartChoice): readonly AutostartMachine[] {
  const candidates = list(domain).flatMap((machine) => {
    const config = readAutostart(domain, machine.name);
    return config === undefined ? [] : [{ machine, config }];
  });
  return chooseAutostart(candidates, choice);
}

export interface AutostartCandidate {
  readonly machine: Pick<MachineSummary, 'name' | 'state' | 'restartAt' | 'ephemeral'>;
  readonly config: NonNullable<MachineConfig['autostart']>;
}

/** Pure. */
export function chooseAutostart(
  candidates: readonly AutostartCandidate[],
  { groups, all }: AutostartChoice,
): readonly AutostartMachine[] {
  return candidates
    .filter(({ machine }) => !machine.ephemeral)
    .map(({ machine: { name, state, restartAt }, config }): AutostartMachine => {
      const { enabled = false, priority = 0, delayMs = 0, groups: own = [] } = config;
      return { name, state, waits: restartAt !== null, enabled, priority, delayMs, groups: own };
    })
    .filter(({ enabled }) => all || enabled)
    .filter((machine) => groups.length === 0 || machine.groups.some((group) => groups.includes(group)))
    .sort(byAutostartOrder);
}

/** The earlier comes first. */
export function byAutostartOrder(a: AutostartMachine, b: AutostartMachine): number {
  return b.priority - a.priority || (a.name < b.name ? -1 : 1);
}

function readAutostart(domain: Domain, name: string) {
  try {
    return loadMachine(domain.paths, name).config.autostart ?? {};
  } catch {
    return undefined;
  }
}

/** Those of one priority start side by side, up to one that others shall wait for. */
export function startBatches(machines: readonly AutostartMachine[]): readonly AutostartBatch[] {
  const batches: { names: string[]; priority: number; pauseMs: number }[] = [];
  for (const { name, priority, delayMs } of machines) {
    const last = batches.at(-1);
    if (last !== undefined && last.priority === priority && last.pauseMs === 0) {
      last.names.push(name);
      last.pauseMs = delayMs;
    } else {
      batches.push({ names: [name], priority, pauseMs: delayMs });
    }
  }
  return batches;
}

/** The other way round, and without pauses: who comes next waits until those before it are down. */
export function stopBatches(machines: readonly AutostartMachine[]): readonly AutostartBatch[] {
  const priorities = [...new Set(machines.map(({ priority }) => priority))].reverse();
  return priorities.map((one) => ({
    names: machines.flatMap(({ name, priority }) => (priority === one ? [name] : [])).reverse(),
    pauseMs: 0,
  }));
}
