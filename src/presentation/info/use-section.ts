/** What a machine uses, and of how much. Pure. */
import type { Inspection } from '../../backends/inspection.ts';
import { limitsAmong } from '../../machines/keys/config-keys.ts';
import type { MachineDetails } from '../../machines/machines.ts';
import { formatCpuTime } from '../units.ts';
import { type LimitUse, limitUses, limitUseWords } from './limit-uses.ts';
import { type Entry, known, type Section } from './section.ts';

type Settings = Readonly<Record<string, string>>;

export function limitUseSection(
  details: MachineDetails,
  inspection: Inspection | null,
  settings: Settings,
): Section {
  const words = new Map(limitUses(details, inspection).map((use) => [use.name, wordsOf(use)]));
  return {
    title: 'Use and limits',
    phrase: 'what it takes, of what it may take',
    entries: known([
      ['memory', words.get('memory.max')],
      ['memory.high', words.get('memory.high')],
      ['swap', words.get('memory.swap.max')],
      ['tasks', words.get('pids.max')],
      ['cpu time', cpuWords(details, inspection)],
      ['oom kills', oomWords(inspection)],
      ...otherLimits(details, settings),
    ]),
  };
}

/** Memory counts twice: that it may be slowed down is said only where it may. */
function wordsOf(use: LimitUse): string | undefined {
  return use.name === 'memory.high' && use.limit === null ? undefined : limitUseWords(use);
}

function cpuWords({ cpuUsec, config }: MachineDetails, inspection: Inspection | null): string | undefined {
  const used = cpuUsec === null ? [] : [formatCpuTime(cpuUsec)];
  const throttling = inspection?.throttling ?? null;
  const limited = config.limits['cpu.max'] !== undefined || (throttling?.throttledPeriods ?? 0) > 0;
  if (throttling === null || !limited) return used[0];
  const { periods, throttledPeriods, throttledUsec } = throttling;
  const waited =
    throttledPeriods === 0
      ? 'never throttled'
      : `throttled in ${throttledPeriods} of ${periods} periods, for ${formatCpuTime(throttledUsec)} in all`;
  return [...used, waited].join('; ');
}

function oomWords(inspection: Inspection | null): string | undefined {
  const kills = inspection?.oomKills ?? 0;
  return kills === 0 ? undefined : `${kills} processes were killed for want of memory`;
}

const SHOWN_ABOVE: readonly string[] = ['memory.max', 'memory.high', 'memory.swap.max', 'pids.max'];

/** Those that are set, as a person wrote them: nothing counts what is used of them. */
function otherLimits({ config }: MachineDetails, settings: Settings): readonly Entry[] {
  return Object.entries(settings).filter(([key]) =>
    limitsAmong([key]).some((limit) => config.limits[limit] !== undefined && !SHOWN_ABOVE.includes(limit)),
  );
}
