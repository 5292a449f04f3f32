/** In which order machines are started with the host, and stopped with it. */
import type { Domain } from '../domain.ts';
import { list } from '../lifecycle/list.ts';
import type { AutostartChoice, AutostartMachine } from '../machines.ts';
import { loadMachine } from '../store/store.ts';

/** Started at once, then there is a pause. */
export interface AutostartBatch {
  readonly names: readonly string[];
  readonly pauseMs: number;
}

/** In the order in which they are started. A machine whose config cannot be read is left out: nobody knows what it says. */
export function autostartMachines(
  domain: Domain,
  { groups, all }: AutostartChoice,
): readonly AutostartMachine[] {
  return list(domain)
    .filter(({ ephemeral }) => !ephemeral)
    .flatMap(({ name, state, restartAt }): readonly AutostartMachine[] => {
      const config = readAutostart(domain, name);
      if (config === undefined) return [];
      const { enabled = false, priority = 0, delayMs = 0, groups: own = [] } = config;
      return [{ name, state, waits: restartAt !== null, enabled, priority, delayMs, groups: own }];
    })
    .filter(({ enabled }) => all || enabled)
    .filter((machine) => groups.length === 0 || machine.groups.some((group) => groups.includes(group)))
    .sort(byOrder);
}

function byOrder(a: AutostartMachine, b: AutostartMachine): number {
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
