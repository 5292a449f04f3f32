/** Keys that a manager has no word for: the reason, and the nearest way. They are neither shown nor set. */
import { isDeepStrictEqual } from 'node:util';
import type { LimitName } from '../../../backends/limits.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { MachineError } from '../../errors.ts';

interface Lack {
  /** With a dot last: all keys that begin so. */
  readonly key: string;
  readonly part: (config: MachineConfig) => unknown;
  readonly why: string;
  readonly hint: string;
}

const native = 'a native machine can: tsmachine create --backend native';
const packets = 'match the cgroup of its unit in nftables (`socket cgroupv2`)';

const lacks: readonly Lack[] = [
  {
    key: 'nesting',
    part: ({ nesting }) => nesting,
    why: 'systemd-nspawn has no setting that lets machines run in a machine',
    hint: native,
  },
  {
    key: 'apparmor',
    part: ({ apparmor }) => apparmor,
    why: 'systemd-nspawn confines no machine by AppArmor',
    hint: native,
  },
  {
    key: 'console.log-size',
    part: (config) => config.console,
    why: "the console's output goes to the host's journal, which has bounds for all",
    hint: 'SystemMaxUse= of journald.conf(5) bounds it',
  },
  limit('memory.oom.group', 'systemd sets it by OOMPolicy= of the unit alone', edit('OOMPolicy=kill')),
  limit('cpu.max.burst', 'systemd saves up no unused processor time', 'raise cpu.max'),
  limit('net_cls.classid', 'systemd has no net_cls', packets),
  limit('net_prio.ifpriomap', 'systemd has no net_prio', packets),
  { ...limit('hugetlb.max', 'systemd limits no huge pages', native), key: 'hugetlb.' },
  {
    key: 'pressure.',
    part: ({ pressure }) => pressure,
    why: 'nobody watches for pressure where there is no monitor of tsmachine',
    hint: native,
  },
  {
    key: 'on-oom',
    part: ({ onOom }) => onOom,
    why: 'nobody watches for it where there is no monitor of tsmachine',
    hint: edit('OOMPolicy='),
  },
  {
    key: 'restart.',
    part: ({ restart }) => restart,
    why: 'systemd restarts the machine, by what its unit says',
    hint: edit('Restart=on-failure'),
  },
];

function limit(name: LimitName, why: string, hint: string): Lack {
  return { key: name, part: ({ limits }) => limits[name], why, hint };
}

function edit(line: string): string {
  return `\`systemctl edit systemd-nspawn@NAME\` with ${line} under [Service]`;
}

export function isLacking(key: string): boolean {
  return lacks.some((lack) =>
    lack.key.endsWith('.') ? key.startsWith(lack.key) : key === lack.key || key.startsWith(`${lack.key}.`),
  );
}

/** @throws MachineError 'unsupported' that names the key */
export function requireWords(name: string, before: MachineConfig, after: MachineConfig): void {
  const lack = lacks.find(({ part }) => !isDeepStrictEqual(part(before), part(after)));
  if (lack === undefined) return;
  throw new MachineError('unsupported', `${lack.key.replace(/\.$/, '.*')}: ${lack.why}`, {
    subject: name,
    hint: lack.hint.replaceAll('NAME', name),
  });
}
