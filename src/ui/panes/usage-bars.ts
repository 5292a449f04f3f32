/** What a machine uses now beside what it may use, as bars and in numbers. Pure. */
import type { Amount } from '../../backends/limits.ts';
import type { GroupSample, HostUsage } from '../../backends/usage.ts';
import { formatShort } from '../../presentation/units.ts';
import type { Role, Theme } from '../theme.ts';

/** From here on a bar warns. */
const NEARLY = 0.9;

/** @param width of the pane, in cells */
export function usageBars(
  sample: GroupSample,
  host: HostUsage,
  theme: Theme,
  width: number,
): readonly string[] {
  const { cpu, memory, swap, tasks, pressure } = sample.usage;
  const bars = { theme, room: width >= 64 ? 20 : 10 };
  const cores = numberOf(cpu.limitCores);
  return [
    row('cpu', cpu.cores, cores ?? host.cores, bars, (use) => {
      const limit = cores === undefined ? `${host.cores} processors, no limit` : `${cores} (cpu.max)`;
      return `${use.toFixed(2)} of ${limit}${throttling(cpu.throttledShare, theme)}`;
    }),
    row('memory', memory.bytes, numberOf(memory.limitBytes) ?? host.memoryBytes, bars, (use) =>
      ofLimit(bytes(use), numberOf(memory.limitBytes), bytes, 'memory.max'),
    ),
    ...(swap.bytes === null || swap.bytes === 0
      ? []
      : [
          row('swap', swap.bytes, numberOf(swap.limitBytes), bars, (use) =>
            ofLimit(bytes(use), numberOf(swap.limitBytes), bytes, 'memory.swap.max'),
          ),
        ]),
    row('tasks', tasks.count, numberOf(tasks.limit), bars, (use) =>
      ofLimit(String(use), numberOf(tasks.limit), String, 'pids.max'),
    ),
    ...flow(sample),
    entry(
      'waits',
      sharesOf({ cpu: pressure.cpu.some, memory: pressure.memory.some, disks: pressure.io.some }),
    ),
  ].filter((line) => line !== '');
}

/** Filled as far as `share` of it: 0 to 1. */
export function bar(share: number, room: number, theme: Theme): string {
  const [full, empty] = theme.unicode ? ['█', '░'] : ['#', '.'];
  const within = Math.max(0, Math.min(1, share));
  // What is little is still something.
  const filled = within === 0 ? 0 : Math.max(1, Math.round(within * room));
  const role: Role = within >= NEARLY ? 'danger' : within >= 0.7 ? 'warning' : 'good';
  return theme.paint(role, full.repeat(filled)) + theme.paint('dim', empty.repeat(room - filled));
}

function row(
  name: string,
  use: number | null,
  limit: number | null | undefined,
  { theme, room }: { readonly theme: Theme; readonly room: number },
  words: (use: number) => string,
): string {
  if (use === null) return '';
  const drawn =
    limit === null || limit === undefined || limit === 0 ? ' '.repeat(room) : bar(use / limit, room, theme);
  return `  ${name.padEnd(7)} ${drawn}  ${words(use)}`;
}

function ofLimit(
  use: string,
  limit: number | undefined,
  format: (value: number) => string,
  key: string,
): string {
  return limit === undefined ? `${use}, no limit` : `${use} of ${format(limit)} (${key})`;
}

function throttling(share: number | null, theme: Theme): string {
  return share === null || share < 0.005 ? '' : theme.paint('warning', `, throttled ${percent(share)}`);
}

function flow({ usage: { io, network } }: GroupSample): readonly string[] {
  const rate = (value: number): string => `${formatShort(value, 1024)}B/s`;
  const disks = io.rbps === null ? '' : `read ${rate(io.rbps)}, written ${rate(io.wbps ?? 0)}`;
  const net =
    network.rxBytes === null ? '' : `in ${rate(network.rxBytes)}, out ${rate(network.txBytes ?? 0)}`;
  return [entry('disks', disks), entry('network', net)];
}

function sharesOf(shares: Readonly<Record<string, number | null>>): string {
  const told = Object.entries(shares).flatMap(([name, share]) =>
    share === null ? [] : [`${name} ${percent(share)}`],
  );
  return told.length === 0 ? '' : `for ${told.join(', ')} of the time`;
}

function entry(name: string, words: string): string {
  return words === '' ? '' : `  ${name.padEnd(7)} ${words}`;
}

function numberOf(amount: Amount | null): number | undefined {
  return typeof amount === 'number' ? amount : undefined;
}

function bytes(value: number): string {
  return formatShort(value, 1024);
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
