/** list and info: read only, without a lock; what cannot be read is shown as an error, and breaks nothing else. */
import { statSync } from 'node:fs';
import type { MachineStatus } from '../../backends/backend.ts';
import type { Inspection } from '../../backends/inspection.ts';
import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { readFirstBoot, summaryOf } from '../first-boot/first-boot-file.ts';
import type { MachineDetails, MachineSummary, RestartState } from '../machines.ts';
import { type PendingRestart, readAllPending, readPending } from '../restarting/pending.ts';
import { restartHistory } from '../restarting/policy.ts';
import { readSnapshotNames } from '../snapshots/snapshot-file.ts';
import { FIRST_BOOT_FILE } from '../store/paths.ts';
import { loadMachine, readNames } from '../store/store.ts';

export function list(domain: Domain): readonly MachineSummary[] {
  const pending = readAllPending(domain);
  return readNames(domain.paths)
    .map((name) => summarizeByName(domain, name, pending.get(name)))
    .filter((summary) => summary !== undefined);
}

export function info(domain: Domain, name: string): MachineDetails {
  const machine = loadMachine(domain.paths, name);
  const status = domain.backend.status(machine.handle);
  return {
    ...summarize(domain, machine, status, readPending(domain, name)),
    config: machine.config,
    lastExit: domain.backend.lastExit(machine.handle) ?? null,
    firstBoot: summaryOf(readFirstBoot(`${machine.handle.directory}/${FIRST_BOOT_FILE}`)),
    problem: status.state === 'error' ? status.reason : null,
    restart: restartState(domain, machine),
    managed: null,
  };
}

function restartState(domain: Domain, { name, config }: StoredMachine): RestartState | null {
  const policy = config.restart?.policy;
  return policy === undefined ? null : { policy, ...restartHistory(domain, name, config) };
}

export async function inspect(domain: Domain, name: string): Promise<Inspection | null> {
  const { handle } = loadMachine(domain.paths, name);
  return 'pid' in domain.backend.status(handle) ? domain.backend.inspect(handle) : null;
}

function summarizeByName(
  domain: Domain,
  name: string,
  pending: PendingRestart | undefined,
): MachineSummary | undefined {
  let machine: StoredMachine;
  try {
    machine = loadMachine(domain.paths, name);
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'no-such-machine';
    return gone ? undefined : unreadable(domain, name);
  }
  try {
    return summarize(domain, machine, domain.backend.status(machine.handle), pending);
  } catch {
    return { ...unreadable(domain, name), template: machine.config.template.name };
  }
}

function summarize(
  domain: Domain,
  machine: StoredMachine,
  status: MachineStatus,
  pending: PendingRestart | undefined,
): MachineSummary {
  const { name, config, handle } = machine;
  const live = 'pid' in status ? status : undefined;
  const usage = live === undefined ? undefined : domain.backend.usage(handle);
  return {
    name,
    backend: config.backend,
    state: status.state,
    template: config.template.name,
    privileged: config.privileged,
    pid: live?.pid ?? null,
    addresses: [],
    memoryBytes: usage?.memoryBytes ?? null,
    cpuUsec: usage?.cpuUsec ?? null,
    tasks: usage?.tasks ?? null,
    snapshots: readSnapshotNames(domain.paths, name).length,
    createdAt: config.createdAt,
    startedAt: live === undefined ? null : new Date(live.startedAt).toISOString(),
    restartAt: pending === undefined ? null : new Date(pending.at).toISOString(),
    ephemeral: config.ephemeral === true,
  };
}

function unreadable(domain: Domain, name: string): MachineSummary {
  const stat = statSync(domain.paths.machine(name), { throwIfNoEntry: false });
  return {
    name,
    backend: domain.backend.name,
    state: 'error',
    template: '',
    privileged: false,
    pid: null,
    addresses: [],
    memoryBytes: null,
    cpuUsec: null,
    tasks: null,
    snapshots: 0,
    createdAt: (stat?.birthtime ?? new Date(0)).toISOString(),
    startedAt: null,
    restartAt: null,
    ephemeral: false,
  };
}
