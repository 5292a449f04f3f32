/** From the stored config to what a backend is given. Pure. */
import type { MachineHandle, MachineSpec } from '../../backends/backend.ts';
import type { Paths } from '../store/paths.ts';
import type { MachineConfig } from './config-schema.ts';

/** A machine of the store: its name, its config and its handle. */
export interface StoredMachine {
  readonly name: string;
  readonly config: MachineConfig;
  readonly handle: MachineHandle;
}

export function specOf(name: string, config: MachineConfig, paths: Paths): MachineSpec {
  return {
    name,
    machineId: config.machineId,
    hostname: config.hostname ?? name,
    template: config.template.name,
    idRange: config.privileged ? undefined : config.idRange,
    privileged: config.privileged,
    nesting: config.nesting,
    noNewPrivileges: config.noNewPrivileges,
    seccomp: config.seccomp,
    apparmor: config.apparmor ?? 'default',
    capabilities: config.capabilities,
    init: config.init,
    signals: config.signals,
    storage: { driver: config.storage.driver, layers: config.storage.layers.map(paths.layerTree) },
    binds: config.binds,
    tmpfs: config.tmpfs,
    rlimits: config.rlimits,
    limits: config.limits,
    pressure: config.pressure ?? {},
    consoleLogBytes: config.console.logBytes,
  };
}

/** `directory` differs from the machine's own only while create stages it. */
export function storedMachine(
  name: string,
  config: MachineConfig,
  paths: Paths,
  directory = paths.machine(name),
): StoredMachine {
  const handle = { spec: specOf(name, config, paths), directory, runDirectory: paths.runDirectory(name) };
  return { name, config, handle };
}
