/** A part of the composition root: which backends a command line means, and what of them is loaded. */
import type { Manager } from './backends/manager/machine-manager.ts';
import { isReachable } from './backends/nspawn/reachable.ts';
import type { GlobalOptions } from './commands/program/global-options.ts';
import type { Domain } from './machines/domain.ts';
import type { Machines } from './machines/machines.ts';
import type { ManagedDomain } from './machines/managed/managed-domain.ts';
import { isMachineName } from './machines/names/machine-names.ts';
import { machineExists } from './machines/store/store.ts';

export interface BackendsRequest {
  readonly options: Pick<GlobalOptions, 'backend' | 'newMachines'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Shared by both. */
  readonly domain: Domain;
  readonly native: Machines;
  /** Loads what speaks D-Bus, and connects to nobody yet. */
  readonly createManager: () => Manager;
  readonly warn: (text: string) => void;
}

export async function openBackends(request: BackendsRequest): Promise<Machines> {
  const { options, environment, domain, native, warn } = request;
  const managed = managedDomain(request);
  if (options.backend === 'native') return native;
  if (options.backend === 'nspawn') {
    return (await import('./machines/managed/open-managed.ts')).openManaged(managed);
  }
  if (options.newMachines === 'native' && !isReachable(environment)) return alone(native, managed);
  const [{ openRouted }, { managedSide }] = await Promise.all([
    import('./machines/routing/open-routed.ts'),
    import('./machines/routing/managed-side.ts'),
  ]);
  const side = managedSide(managed);
  return openRouted({
    native,
    isNative: (name) => isMachineName(name) && machineExists(domain.paths, name),
    managed: async () => side,
    newMachines: options.newMachines,
    warn,
  });
}

function managedDomain({ domain, createManager, warn }: BackendsRequest): ManagedDomain {
  let manager: Manager | undefined;
  return {
    domain,
    warn,
    manager: async () => {
      manager ??= createManager();
      return manager;
    },
  };
}

/** On a host without systemd-machined nothing is asked of it; what it lacks is told by who examines the host. */
function alone(native: Machines, managed: ManagedDomain): Machines {
  return {
    ...native,
    examineHost: async () => [
      ...(await native.examineHost()),
      ...(await (await managed.manager()).examineHost()),
    ],
  };
}
