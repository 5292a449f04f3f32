/** What is asked of machines and of the host, without changing anything. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanStep } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { guard } from '../guards.ts';
import { checkMachineName, isMachineName } from '../names/machine-names.ts';
import { loadEvenBroken } from '../recovery/unreadable.ts';
import { FIRST_BOOT_FILE, type Paths } from '../store/paths.ts';
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

const looking = () => import('../looking/list.ts');

export function lookingVerbs(domain: Domain): Part<Looking> {
  const { backend, paths } = domain;
  return {
    plan: (name) => guard(name, () => startSteps(domain, name)),
    names: () => guard(undefined, () => readNames(paths)),
    list: () => guard(undefined, async () => (await looking()).list(domain)),
    info: (name) => guard(name, async () => (await looking()).info(domain, name)),
    inspect: (name) => guard(name, async () => (await looking()).inspect(domain, name)),
    usage: (name) => guard(name, () => backend.usage(loadMachine(paths, name).handle)),
    autostartMachines: (choice) =>
      guard(undefined, async () =>
        (await import('../looking/autostart-order.ts')).autostartMachines(domain, choice),
      ),
    remaining: (name) => guard(name, () => backend.remaining(loadEvenBroken(domain, name).handle)),
    openSampler: (scope, options) =>
      guard(undefined, () =>
        backend.openSampler({ scope, ...options, runDirectoryOf: (name) => runDirectoryOf(paths, name) }),
      ),
    readConfig: (name) => guard(name, () => loadMachine(paths, name).config),
    configText: (name) => guard(name, () => storedText(domain, name)),
    settings: (name) =>
      guard(name, async () =>
        (await import('../keys/config-keys.ts')).printSettings(loadMachine(paths, name).config),
      ),
    differingSettings: (name) =>
      guard(name, async () =>
        (await import('../limits/live-limits.ts')).differingSettings(domain, loadMachine(paths, name)),
      ),
    templates: () => domain.templates,
    examineHost: () =>
      guard(undefined, async () => [
        // What lies in the trash keeps its id range: it is known, and no leftover.
        ...(await backend.examineHost([...readNames(paths), ...rangeOwners(paths.trash)])),
        ...(await (await import('../examination/examine-store.ts')).examineStore(domain)),
      ]),
  };
}

/** The launch plan as the backend has it, and what is done in the machine then: numbers of the plan stay as a failure names them. */
async function startSteps({ backend, paths }: Domain, name: string): Promise<readonly PlanStep[]> {
  const machine = loadMachine(paths, name);
  const steps = await backend.plan(machine.handle);
  if (!existsSync(join(machine.handle.directory, FIRST_BOOT_FILE))) return steps;
  const { nativeFirstBootSteps } = await import('../first-boot/carry-out.ts');
  const begin = steps.filter(({ section }) => section === 'inside').length;
  const more = nativeFirstBootSteps(machine);
  return [
    ...steps,
    ...more.map((step, index) => ({ section: 'inside' as const, index: begin + index, ...step })),
  ];
}

function storedText({ paths }: Domain, name: string): string {
  checkMachineName(name);
  return readConfigText(paths.machine(name), name, paths);
}

/** A machine whose config cannot be read runs all the same. */
function runDirectoryOf(paths: Paths, name: string): string | undefined {
  return isMachineName(name) && machineExists(paths, name) ? paths.runDirectory(name) : undefined;
}
