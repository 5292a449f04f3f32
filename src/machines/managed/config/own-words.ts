/** Settings that are ours alone: in our own section, in the words that the keys have. */
import * as v from 'valibot';
import { OWN_SECTION, REBOOT_SIGNAL } from '../../../backends/manager/settings.ts';
import { type MachineConfig, machineConfigSchema } from '../../config/config-schema.ts';
import { parseSignal } from '../../values/signal-names.ts';
import { type ConfigWord, lastOf } from './word.ts';

type Autostart = NonNullable<MachineConfig['autostart']>;

const snapshotsSchema = machineConfigSchema.entries.snapshots.wrapped;
const autostartSchema = machineConfigSchema.entries.autostart.wrapped;

export const ownWords: readonly ConfigWord[] = [
  {
    part: ({ signals }) => signals.reboot,
    read: (config, values) => {
      const reboot = lastOf(values(OWN_SECTION, REBOOT_SIGNAL), parseSignal) ?? 'auto';
      return { ...config, signals: { ...config.signals, reboot } };
    },
    write: ({ signals }) => [own(REBOOT_SIGNAL, signals.reboot === 'auto' ? undefined : signals.reboot)],
  },
  snapshotRule('schedule', 'SnapshotSchedule'),
  snapshotRule('expiry', 'SnapshotExpiry'),
  autostartRule('priority', 'AutostartPriority', Number, String),
  autostartRule('delayMs', 'AutostartDelayMSec', Number, String),
  autostartRule(
    'groups',
    'AutostartGroups',
    (text) => text.split(/\s+/),
    (groups) => groups.join(' '),
  ),
];

function own(key: string, value: string | undefined) {
  return { section: OWN_SECTION, key, values: value === undefined ? [] : [value] };
}

function snapshotRule(rule: 'schedule' | 'expiry', key: string): ConfigWord {
  return {
    part: ({ snapshots }) => snapshots?.[rule],
    read: (config, values) => {
      const snapshots = { ...config.snapshots, [rule]: values(OWN_SECTION, key).at(-1) };
      return snapshots[rule] !== undefined && v.is(snapshotsSchema, snapshots)
        ? { ...config, snapshots }
        : config;
    },
    write: ({ snapshots }) => [own(key, snapshots?.[rule])],
  };
}

function autostartRule<K extends 'priority' | 'delayMs' | 'groups'>(
  member: K,
  key: string,
  parse: (text: string) => NonNullable<Autostart[K]>,
  format: (value: NonNullable<Autostart[K]>) => string,
): ConfigWord {
  return {
    part: ({ autostart }) => autostart?.[member],
    read: (config, values) => {
      const written = values(OWN_SECTION, key).at(-1);
      if (written === undefined) return config;
      const autostart = { ...config.autostart, [member]: parse(written) };
      return v.is(autostartSchema, autostart) ? { ...config, autostart } : config;
    },
    write: ({ autostart }) => {
      const value = autostart?.[member];
      return [own(key, value === undefined ? undefined : format(value as NonNullable<Autostart[K]>))];
    },
  };
}
