/** What of another backend's config a manager's machine cannot have. Pure. */
import type { LimitName } from '../../../backends/limits.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { isLacking } from '../config/lacking.ts';

/** Members of a config that neither a settings file nor a unit has words for, and by what keys they are set. */
const unsaid = { apparmor: 'apparmor', pressure: 'pressure', onOom: 'on-oom', restart: 'restart' } as const;

/** The config without them, and the keys of what it had. */
export function sayable(config: MachineConfig): {
  readonly config: MachineConfig;
  readonly leftOut: readonly string[];
} {
  const { apparmor: _, pressure: __, onOom: ___, restart: ____, ...said } = config;
  const members = Object.keys(unsaid) as (keyof typeof unsaid)[];
  const lost = members.filter((member) => config[member] !== undefined).map((member) => unsaid[member]);
  const limits = Object.entries(config.limits) as [LimitName, unknown][];
  return {
    config: {
      ...said,
      nesting: false,
      console: { logBytes: said.console.logBytes },
      limits: Object.fromEntries(limits.filter(([key]) => !isLacking(key))),
    },
    leftOut: [
      ...lost,
      ...(config.nesting ? ['nesting'] : []),
      ...limits.map(([key]) => key).filter(isLacking),
    ],
  };
}
