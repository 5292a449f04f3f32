/** on-oom, and pressure.memory, .cpu and .io: what is told of a running machine, and what is done then. */
import type { PressureResource, PressureThreshold } from '../../backends/limit-news.ts';
import { isWithin, pressureWindowUsec } from '../values/bounds.ts';
import type { ConfigKey } from './key.ts';
import { withMember } from './members.ts';

const NEVER = 'never';
const IGNORE = 'ignore';
const actions = ['restart', 'stop', 'freeze'] as const;

export const eventKeys: readonly ConfigKey[] = [
  {
    name: 'on-oom',
    summary: 'what is done when a process was killed for want of memory',
    allowed: [...actions, IGNORE].join(', '),
    values: [...actions, IGNORE],
    print: ({ onOom }) => ({ 'on-oom': onOom ?? IGNORE }),
    apply: (config, value, refuse) => {
      const { onOom: _, ...others } = config;
      if (value === '' || value === IGNORE) return others;
      return { ...others, onOom: actions.find((action) => action === value) ?? refuse() };
    },
  },
  pressureKey('memory', 'memory'),
  pressureKey('cpu', 'processors'),
  pressureKey('io', 'disks'),
];

function pressureKey(resource: PressureResource, words: string): ConfigKey {
  const name = `pressure.${resource}`;
  return {
    name,
    summary: `how long processes may wait for ${words} before it is told`,
    allowed: `some or full, and TIME/WINDOW, a window of 500ms to 10s, as "some 300ms/2s"; or ${NEVER}`,
    values: ['some 300ms/2s', 'full 200ms/2s', NEVER],
    print: ({ pressure }) => ({ [name]: formatThreshold(pressure?.[resource]) }),
    apply: (config, value, refuse) => {
      const threshold = value === '' || value === NEVER ? undefined : (parseThreshold(value) ?? refuse());
      return withMember(config, 'pressure', resource, threshold);
    },
  };
}

/** `some 150ms/1s`, or what the kernel's files take: `some 150000 1000000`. */
function parseThreshold(text: string): PressureThreshold | undefined {
  const [, share, stall = '', window = ''] =
    /^(some|full)\s+(\d+(?:\.\d+)?(?:us|ms|s))\s*\/\s*(\d+(?:\.\d+)?(?:us|ms|s))$/.exec(text) ??
    /^(some|full)\s+(\d+)\s+(\d+)$/.exec(text) ??
    [];
  const [stallUsec, windowUsec] = [parseUsec(stall), parseUsec(window)];
  const fits = stallUsec >= 1 && stallUsec <= windowUsec && isWithin(windowUsec, pressureWindowUsec);
  return fits && (share === 'some' || share === 'full') ? { share, stallUsec, windowUsec } : undefined;
}

function parseUsec(text: string): number {
  const [, number, unit = 'us'] = /^([\d.]+)(us|ms|s)?$/.exec(text) ?? [];
  return Math.round(Number(number) * { us: 1, ms: 1000, s: 1_000_000 }[unit as 'us' | 'ms' | 's']);
}

export function formatThreshold(threshold: PressureThreshold | undefined): string {
  if (threshold === undefined) return NEVER;
  const { share, stallUsec, windowUsec } = threshold;
  return `${share} ${formatUsec(stallUsec)}/${formatUsec(windowUsec)}`;
}

function formatUsec(usec: number): string {
  if (usec % 1_000_000 === 0) return `${usec / 1_000_000}s`;
  return usec % 1000 === 0 ? `${usec / 1000}ms` : `${usec}us`;
}
