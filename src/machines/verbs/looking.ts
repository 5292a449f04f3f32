/** What is asked of machines and of the host, without changing anything. */
import { autostartMachines } from '../autostart/order.ts';
import { printSettings } from '../config-keys.ts';
import type { Domain } from '../domain.ts';
import { guard, guardNow } from '../guards.ts';
import { info, inspect, list } from '../lifecycle/list.ts';
import { loadEvenBroken } from '../lifecycle/unreadable.ts';
import { differingSettings } from '../live-limits.ts';
import { checkMachineName, isMachineName } from '../names.ts';
import type { Paths } from '../store/paths.ts';
import { loadMachine, machineExists, readConfigText, readNames } from '../store/store.ts';
import { rangeOwners } from '../trash/entries.ts';
import type { Part } from './part.ts';

type Looking =
  | 'plan'
  | 'names'
  | 'list'
  | 'info'
  | 'inspect'
  | 'usage'
  | 'remaining'
  | 'autostartMachines'
  | 'openSampler'
  | 'readConfig'
  | 'configText'
  | 'settings'
  | 'differingSettings'
  | 'templates'
  | 'examineHost';

export function lookingVerbs(domain: Domain): Part<Looking> {
  const { backend, paths } = domain;
  return {
    plan: (name) => guardNow(name, () => backend.plan(loadMachine(paths, name).handle)),
    names: () => guardNow(undefined, () => readNames(paths)),
    list: () => guardNow(undefined, () => list(domain)),
    info: (name) => guardNow(name, () => info(domain, name)),
    inspect: (name) => guard(name, () => inspect(domain, name)),
    usage: (name) => guardNow(name, () => backend.usage(loadMachine(paths, name).handle)),
    autostartMachines: (choice) => guardNow(undefined, () => autostartMachines(domain, choice)),
    remaining: (name) => guardNow(name, () => backend.remaining(loadEvenBroken(domain, name).handle)),
    openSampler: (scope, { rates }) =>
      guard(undefined, () =>
        backend.openSampler({ scope, rates, runDirectoryOf: (name) => runDirectoryOf(paths, name) }),
      ),
    readConfig: (name) => guardNow(name, () => loadMachine(paths, name).config),
    configText: (name) => guardNow(name, () => storedText(domain, name)),
    settings: (name) => guardNow(name, () => printSettings(loadMachine(paths, name).config)),
    differingSettings: (name) => guardNow(name, () => differingSettings(domain, loadMachine(paths, name))),
    templates: () => domain.templates,
    examineHost: () =>
      guard(undefined, async () => [
        // What lies in the trash keeps its id range: it is known, and no leftover.
        ...(await backend.examineHost([...readNames(paths), ...rangeOwners(paths.trash)])),
        ...(await (await import('../examination/examine-store.ts')).examineStore(domain)),
      ]),
  };
}

function storedText({ paths }: Domain, name: string): string {
  checkMachineName(name);
  return readConfigText(paths.machine(name), name, paths);
}

/** A machine whose config cannot be read runs all the same. */
function runDirectoryOf(paths: Paths, name: string): string | undefined {
  return isMachineName(name) && machineExists(paths, name) ? paths.runDirectory(name) : undefined;
}
