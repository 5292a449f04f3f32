/** net_cls.classid and net_prio.ifpriomap: v1's, and what stands for them on v2. */
import type { MachineConfig } from '../../config/config-schema.ts';
import { classId, isWithin, netPriority } from '../../values/bounds.ts';
import { isInterface } from '../../values/interface-name.ts';
import type { ConfigKey, Refuse } from '../key.ts';
import { byLines, printEntries, withEntry } from './keyed-limits.ts';
import { withLimit } from './limit-keys.ts';

const priorities = `"INTERFACE N", as "eth0 5", with N from 0 to ${netPriority.most}; empty removes`;

export const netKeys: readonly ConfigKey[] = [
  {
    name: 'net_cls.classid',
    limit: 'net_cls.classid',
    summary: 'class of its packets for tc; on cgroup v2 their mark, for tc and nft',
    allowed: 'a handle as tc has it, 10:1, or a number, 0x100001; empty is none',
    values: ['10:1', '0x100001'],
    print: ({ limits }) => ({ 'net_cls.classid': formatClass(limits['net_cls.classid'] ?? 0) }),
    apply: (config, value, refuse) => {
      const number = value === '' ? 0 : (parseClass(value) ?? refuse());
      if (!isWithin(number, classId)) return refuse();
      return withLimit(config, 'net_cls.classid', number === 0 ? undefined : number);
    },
  },
  {
    name: 'net_prio.ifpriomap',
    limit: 'net_prio.ifpriomap',
    summary: 'priority of its packets on an interface (cgroup v1: of the host)',
    allowed: priorities,
    values: ['eth0 '],
    adds: true,
    print: () => ({}),
    apply: byLines(withLine),
  },
  {
    name: 'net_prio.ifpriomap.*',
    limit: 'net_prio.ifpriomap',
    summary: 'the same for one interface; empty removes it',
    allowed: `a number from 0 to ${netPriority.most}`,
    values: ['0', '5'],
    print: printEntries('net_prio.ifpriomap', (name) => `net_prio.ifpriomap.${name}`, String),
    apply: (config, value, refuse, name) => withPriority(config, name, value.trim(), refuse),
  },
];

/** tc writes both halves in hexadecimal. */
function parseClass(text: string): number | undefined {
  const [, major, minor] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(text) ?? [];
  if (major !== undefined) return Number.parseInt(major, 16) * 0x10000 + Number.parseInt(minor ?? '', 16);
  return /^(?:0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : undefined;
}

function formatClass(id: number): string {
  return `${Math.floor(id / 0x10000).toString(16)}:${(id % 0x10000).toString(16)}`;
}

function withLine(config: MachineConfig, line: string, refuse: Refuse): MachineConfig {
  const [name = '', priority, ...more] = line.trim().split(/\s+/);
  if (name === '') return withLimit(config, 'net_prio.ifpriomap', undefined);
  return priority === undefined || more.length > 0 ? refuse() : withPriority(config, name, priority, refuse);
}

function withPriority(config: MachineConfig, name: string, value: string, refuse: Refuse): MachineConfig {
  if (!isInterface(name)) return refuse(`${JSON.stringify(name)} is no name of an interface`);
  if (!/^\d*$/.test(value) || !isWithin(Number(value), netPriority)) return refuse();
  // 0 is what the kernel does anyway.
  return withEntry(config, 'net_prio.ifpriomap', name, Number(value) || undefined);
}
