/** Limits that a machine has several of: io.max by disk, hugetlb.*.max by size of page. */
import type { Amount, IoBandwidth } from '../../../backends/limits.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { ioRate, isWithin } from '../../values/bounds.ts';
import { formatSize, parseSize } from '../../values/quantities.ts';
import type { ConfigKey, Refuse } from '../key.ts';
import { byLines, printEntries, withEntry } from './keyed-limits.ts';
import { formatAmount, isMax, withLimit } from './limit-keys.ts';

const bandwidths = ['rbps', 'wbps', 'riops', 'wiops'] as const;
type Bandwidth = (typeof bandwidths)[number];

const rates = 'rbps, wbps (bytes a second: 10M), riops, wiops (operations a second), each or all max';
const pageSize = /^(?:64KB|1MB|2MB|16MB|32MB|256MB|512MB|1GB|2GB|16GB)$/;

export const deviceLimitKeys: readonly ConfigKey[] = [
  {
    name: 'io.max',
    limit: 'io.max',
    summary: 'what a disk may be read and written at',
    allowed: `"DEVICE RATE=N...", as "/dev/sda rbps=10M wiops=200": ${rates}; max alone removes all`,
    values: ['/dev/'],
    adds: true,
    print: () => ({}),
    apply: byLines(withLine),
  },
  {
    name: 'io.max.*',
    limit: 'io.max',
    summary: 'the same for one device; empty removes it',
    allowed: `"RATE=N...", as io.max./dev/sda="rbps=10M": ${rates}`,
    values: ['rbps=', 'wbps='],
    print: printEntries('io.max', (device) => `io.max.${device}`, formatRates),
    apply: (config, value, refuse, device) => withDevice(config, device, value, refuse),
  },
  {
    name: 'hugetlb.*',
    limit: 'hugetlb.max',
    summary: 'huge pages of a size that the machine may use, as hugetlb.2MB.max',
    allowed: 'hugetlb.SIZE.max with a size of page such as 2MB or 1GB, bytes such as 64M, or max',
    values: ['64M', '1G', 'max'],
    print: printEntries('hugetlb.max', (size) => `hugetlb.${size}.max`, formatAmount),
    apply: withPages,
  },
];

function withLine(config: MachineConfig, line: string, refuse: Refuse): MachineConfig {
  const [device = '', ...words] = line.trim().split(/\s+/);
  if (device === '' || device === 'max')
    return words.length === 0 ? withLimit(config, 'io.max', undefined) : refuse();
  if (words.length === 0) return refuse();
  return withDevice(config, device, words.join(' '), refuse);
}

/** What is not named keeps what it had. */
function withDevice(config: MachineConfig, device: string, value: string, refuse: Refuse): MachineConfig {
  if (!/^\d+:\d+$/.test(device) && !/^\/[^\s=]+$/.test(device))
    return refuse(`${JSON.stringify(device)} is no device`);
  const present = config.limits['io.max']?.[device] ?? {};
  const next = isMax(value)
    ? {}
    : value
        .trim()
        .split(/[\s,]+/)
        .reduce((rate, word) => withRate(rate, word, refuse), present);
  return withEntry(config, 'io.max', device, Object.keys(next).length === 0 ? undefined : next);
}

function withRate(rate: IoBandwidth, word: string, refuse: Refuse): IoBandwidth {
  const [name = '', value = ''] = word.split('=');
  if (!isBandwidth(name)) return refuse(`${JSON.stringify(name)} is none of ${bandwidths.join(', ')}`);
  const { [name]: _, ...others } = rate;
  if (value === 'max') return others;
  const number = parseSize(value) ?? refuse();
  return isWithin(number, ioRate) ? { ...others, [name]: number } : refuse();
}

function isBandwidth(name: string): name is Bandwidth {
  return (bandwidths as readonly string[]).includes(name);
}

function formatRates(rate: IoBandwidth): string {
  return bandwidths
    .flatMap((name) => {
      const value = rate[name];
      return value === undefined ? [] : [`${name}=${name.endsWith('bps') ? formatSize(value) : value}`];
    })
    .join(' ');
}

function withPages(config: MachineConfig, value: string, refuse: Refuse, member: string): MachineConfig {
  const size = member.endsWith('.max') ? member.slice(0, -'.max'.length) : '';
  if (!pageSize.test(size)) return refuse(`there is no limit hugetlb.${member}`);
  return withEntry(config, 'hugetlb.max', size, parsePages(value, refuse));
}

function parsePages(value: string, refuse: Refuse): Amount | undefined {
  return isMax(value) ? undefined : (parseSize(value) ?? refuse());
}
