/** Settings that open the host to a machine: an archive must not give them to itself. */
import type { MachineConfig } from '../config/config-schema.ts';

/** The config without them. */
export function closedConfig({ apparmor: _, ...config }: MachineConfig): MachineConfig {
  return {
    ...config,
    privileged: false,
    nesting: false,
    seccomp: 'default',
    capabilities: { add: [], drop: config.capabilities.drop },
    binds: [],
    limits: withoutDevices(config.limits),
  };
}

function withoutDevices({ 'devices.allow': _, ...others }: MachineConfig['limits']): MachineConfig['limits'] {
  return others;
}

/** Those that a config has, by their keys. */
export function hostReaching(config: MachineConfig): readonly string[] {
  const open: Readonly<Record<string, boolean>> = {
    privileged: config.privileged,
    nesting: config.nesting,
    seccomp: config.seccomp !== 'default',
    apparmor: config.apparmor !== undefined,
    'capabilities.add': config.capabilities.add.length > 0,
    binds: config.binds.length > 0,
    'devices.allow': config.limits['devices.allow'] !== undefined,
  };
  return Object.keys(open).filter((key) => open[key]);
}
