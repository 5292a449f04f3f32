/** What is told below the list of the selected machine. Pure. */
import type { Amount } from '../../backends/limits.ts';
import type { GroupSample, HostUsage } from '../../backends/usage.ts';
import { formatShort } from '../units.ts';
import { type HistoryOf, lastValues, type UsageHistory } from '../usage/history.ts';
import { sparkline } from '../usage/sparkline.ts';
import { sampleName } from '../usage/usage-columns.ts';
import { whySlow } from '../usage/why-slow.ts';
import { cut, safeCut, type Theme } from './row-text.ts';

export interface DetailLook {
  readonly width: number;
  /** 1: only why it is slow. */
  readonly height: number;
  readonly theme: Theme;
}

const NONE = '-';
const LONGEST_SPARKLINE = 60;

export function detailRows(
  group: GroupSample | undefined,
  history: UsageHistory | undefined,
  host: HostUsage | undefined,
  look: DetailLook,
): readonly string[] {
  const rows = group === undefined || host === undefined ? [] : rowsOf(group, history, host, look);
  return Array.from({ length: look.height }, (_, index) => rows[index] ?? '');
}

function rowsOf(
  group: GroupSample,
  history: UsageHistory | undefined,
  host: HostUsage,
  { width, height, theme }: DetailLook,
): readonly string[] {
  const why = reasonRow(group, host, width, theme);
  if (height === 1) return [why];
  const { cpu, memory, io } = group.usage;
  const bars = Math.max(8, Math.min(LONGEST_SPARKLINE, width - 62));
  const line = (name: string, of: HistoryOf, top: number, words: string): string => {
    const past = sparkline(lastValues(history, of, bars), bars, top, theme.unicode);
    return `  ${name.padEnd(7)}${past}  ${cut(words, Math.max(0, width - 11 - bars), theme.unicode)}`;
  };
  const most = lastValues(history, 'io', bars).reduce<number>((a, b) => Math.max(a, b ?? 0), 1024);
  return [
    why,
    line('cpu', 'cores', limitOr(cpu.limitCores, host.cores), cpuWords(group)),
    line('memory', 'memoryBytes', limitOr(memory.limitBytes, host.memoryBytes ?? 1), memoryWords(group)),
    line(
      'disks',
      'io',
      most,
      `read ${bytes(io.rbps)}/s (${count(io.riops)}/s), written ${bytes(io.wbps)}/s (${count(io.wiops)}/s)`,
    ),
    cut(`  ${otherWords(group)}`, width, theme.unicode),
  ];
}

function reasonRow(group: GroupSample, host: HostUsage, width: number, { paint, unicode }: Theme): string {
  const name = safeCut(sampleName(group), Math.floor(width / 3), unicode);
  const words = whySlow(group, host);
  const left = Math.max(0, width - Array.from(name).length - 2);
  if (words === undefined) return `${paint('bold', name)}: ${cut('nothing holds it back', left, unicode)}`;
  return `${paint('bold', name)}: ${paint('yellow', cut(words, left, unicode))}`;
}

function cpuWords({ usage: { cpu, pressure } }: GroupSample): string {
  const used = cpu.cores === null ? NONE : cpu.cores.toFixed(2);
  const limit = typeof cpu.limitCores === 'number' ? ` of ${cpu.limitCores} (cpu.max)` : ' processors';
  return `${used}${limit}, throttled ${share(cpu.throttledShare)}, waited ${share(pressure.cpu.some)}`;
}

function memoryWords({ usage: { memory, pressure } }: GroupSample): string {
  const limit = typeof memory.limitBytes === 'number' ? ` of ${bytes(memory.limitBytes)}` : '';
  return `${bytes(memory.bytes)}${limit}, cache ${bytes(memory.fileBytes)}, refaults ${count(memory.refaults)}/s, waited ${share(pressure.memory.some)}`;
}

function otherWords({ pid, usage: { tasks, swap, network } }: GroupSample): string {
  const limit = typeof tasks.limit === 'number' ? ` of ${tasks.limit}` : '';
  return [
    `tasks ${tasks.count ?? NONE}${limit}`,
    `swap ${bytes(swap.bytes)}`,
    `network in ${bytes(network.rxBytes)}/s out ${bytes(network.txBytes)}/s`,
    ...(pid === null ? [] : [`init's pid ${pid}`]),
  ].join(', ');
}

function limitOr(limit: Amount | null, otherwise: number): number {
  return typeof limit === 'number' ? limit : otherwise;
}

function bytes(value: number | null): string {
  return value === null ? NONE : formatShort(value, 1024);
}

function count(value: number | null): string {
  return value === null ? NONE : formatShort(value);
}

function share(value: number | null): string {
  return value === null ? NONE : `${Math.round(value * 100)}%`;
}
