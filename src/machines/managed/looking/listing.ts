/** list and info of a manager's machines: read only, without a lock. */
import type { ExitRecord, MachineUsage } from '../../../backends/backend.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { MachineFacts, ManagedMachine } from '../../../backends/manager/views.ts';
import { summaryOf } from '../../first-boot/first-boot-file.ts';
import type { MachineDetails, MachineSummary, ManagedDetails } from '../../machines.ts';
import { configOf, type ManagedState, type Outline, outlineOf, readState } from '../config/managed-config.ts';
import { keptFirstBoot } from '../first-boot/kept.ts';
import { checkManagedName, isManagedName, keptStateName, snapshotsAmong } from '../images/image-names.ts';
import { readOwnFacts } from '../images/own-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';

/** What a summary is made of; figures and addresses are those of one that runs. */
interface Known {
  readonly machine: ManagedMachine;
  readonly outline: Outline;
  readonly keptStates: readonly string[];
  readonly usage: MachineUsage | undefined;
  readonly addresses: readonly string[];
}

/** Whatever their number: each of these is asked of all at once. */
export async function listManaged(manager: Manager): Promise<readonly MachineSummary[]> {
  const machines = (await manager.views.all()).filter(({ name }) => isManagedName(name));
  const [usage, addresses, texts] = await Promise.all([
    manager.views.usageOfAll(machines),
    manager.views.addressesOfAll(machines),
    manager.settings.readAll(machines.map(({ name }) => name)),
  ]);
  return machines.map((machine) =>
    summarize(manager, {
      machine,
      outline: outlineOf(manager.settings, { machine, text: texts.get(machine.name) }),
      keptStates: machine.keptStates,
      usage: usage.get(machine.name),
      addresses: addresses.get(machine.name) ?? [],
    }),
  );
}

/** @throws MachineError `usage`, `no-such-machine`; BackendError */
export async function managedInfo(managed: ManagedDomain, name: string): Promise<MachineDetails> {
  checkManagedName(name);
  const manager = await managed.manager();
  const { views } = manager;
  const [state, keptStates, facts, lastExit] = await Promise.all([
    readState(manager, name),
    views.keptStates(name),
    views.facts(name),
    views.lastExit(name),
  ]);
  const { machine } = state;
  const config = configOf(manager.name, manager.settings, state);
  const usage = (await views.usageOfAll([machine])).get(name);
  return {
    ...summarize(manager, {
      machine,
      outline: outlineOf(manager.settings, state),
      keptStates,
      usage,
      addresses: facts.addresses,
    }),
    config,
    lastExit: lastExitOf(machine, ofThisOne(manager, state, lastExit)),
    restart: null,
    firstBoot: summaryOf(keptFirstBoot(managed, manager, state.text)?.firstBoot),
    problem: machine.status.state === 'error' ? machine.status.reason : null,
    managed: managedDetails(machine, facts),
  };
}

function summarize(
  manager: Manager,
  { machine, outline, keptStates, usage, addresses }: Known,
): MachineSummary {
  const { name, status, image } = machine;
  const live = 'pid' in status ? status : undefined;
  const startedAt = live === undefined ? null : new Date(live.startedAt).toISOString();
  return {
    name,
    backend: manager.name,
    state: status.state,
    // The manager's own tools know of none.
    template: outline.template ?? '',
    privileged: machine.sharesHostIds ?? outline.privileged,
    pid: live?.pid ?? null,
    addresses,
    memoryBytes: usage?.memoryBytes ?? null,
    cpuUsec: usage?.cpuUsec ?? null,
    tasks: usage?.tasks ?? null,
    snapshots: snapshotsAmong(
      name,
      keptStates.map((snapshot) => keptStateName(name, snapshot)),
    ).length,
    // Without an image it began with its run.
    createdAt: image === null ? (startedAt ?? outline.createdAt) : outline.createdAt,
    startedAt,
    restartAt: null,
    ephemeral: outline.ephemeral === true,
  };
}

/** What ended before the machine was made was another one of its name. */
function ofThisOne({ settings }: Manager, { machine, text }: ManagedState, exit: ExitRecord | undefined) {
  const { createdAt } = readOwnFacts(settings, text);
  const madeAt = createdAt === undefined ? (machine.image?.createdAt ?? 0) : Date.parse(createdAt);
  return exit !== undefined && exit.endedAt >= madeAt ? exit : undefined;
}

function lastExitOf({ status }: ManagedMachine, known: ExitRecord | undefined): ExitRecord | null {
  return (status.state === 'stopped' ? status.lastExit : undefined) ?? known ?? null;
}

function managedDetails(machine: ManagedMachine, { osRelease }: MachineFacts): ManagedDetails {
  const { unit, service, image, rootDirectory } = machine;
  return {
    unit,
    service,
    image: image === null ? null : { path: image.path, kind: image.kind, readOnly: image.readOnly },
    rootDirectory,
    system: osRelease['PRETTY_NAME'] ?? osRelease['NAME'] ?? osRelease['ID'] ?? null,
  };
}
