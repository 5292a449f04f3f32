/** Which files of a group say what, in each layout: the table of sampling. */
import { type CgroupLayout, controllerVersion } from '../layout.ts';
import { COUNTER, type Counter } from './counters.ts';
import { amount, freezerState, pair } from './formats/amount.ts';
import { flatKeyed } from './formats/flat-keyed.ts';
import type { Format } from './formats/format.ts';
import { ioStat, legacyIo } from './formats/io.ts';
import { pressure } from './formats/pressure.ts';

export interface Source {
  /** Where the hierarchy is mounted. */
  readonly mount: string;
  /** The first one that is there is read: kernels differ. */
  readonly files: readonly string[];
  /** Read behind it, if it is there: part of the same count. */
  readonly beside?: string;
  readonly format: Format;
  /**
   * `moved`: only if the group used CPU time or its memory changed since the last look; what it says cannot be otherwise then,
   * but for what somebody writes from outside, so now and then it is looked at all the same.
   */
  readonly when: 'always' | 'moved';
  /** Where this was read before it and is Infinity, so is what the file would say: it is not read. */
  readonly unless?: Counter;
  /** Whether processes are in it, and whether it moves: what has to be read follows from that. */
  readonly tells: 'life' | 'cpu' | 'memory' | undefined;
}

type Row = Omit<Source, 'mount' | 'tells'>;

const always = (format: Format, ...files: readonly string[]): Row => ({ files, format, when: 'always' });
const moved = (format: Format, ...files: readonly string[]): Row => ({ files, format, when: 'moved' });
const unlimited = (unless: Counter, format: Format, file: string): Row => ({
  ...moved(format, file),
  unless,
});

/** What cpu.stat says of time needs no controller; of throttling v2 tells nothing where v1 has the controller. */
const cpuTime = always(flatKeyed({ usage_usec: COUNTER.cpuUsec }), 'cpu.stat');
const cpuTimeAndThrottling = always(
  flatKeyed({ usage_usec: COUNTER.cpuUsec, throttled_usec: COUNTER.throttledUsec }),
  'cpu.stat',
);

/** `_recursive` is with the machine's own groups; not all kernels have it. */
function legacyDisks(format: Format, file: string): Row {
  const bfq = `blkio.bfq.${file}_recursive`;
  return {
    ...always(format, `blkio.throttle.${file}_recursive`, `blkio.throttle.${file}`, bfq),
    beside: bfq,
  };
}

/** Needs no controller. */
const unifiedCore: readonly Row[] = [
  always(flatKeyed({ populated: COUNTER.populated, frozen: COUNTER.frozen }), 'cgroup.events'),
  always(pressure(COUNTER.cpuSome, COUNTER.cpuFull), 'cpu.pressure'),
  always(pressure(COUNTER.memorySome, COUNTER.memoryFull), 'memory.pressure'),
  always(pressure(COUNTER.ioSome, COUNTER.ioFull), 'io.pressure'),
];

const unified: Readonly<Record<string, readonly Row[]>> = {
  cpu: [moved(pair(COUNTER.quotaUsec, COUNTER.periodUsec), 'cpu.max')],
  memory: [
    always(amount(COUNTER.memory), 'memory.current'),
    moved(
      flatKeyed({
        anon: COUNTER.anon,
        file: COUNTER.file,
        // One number until Linux 5.8, two since.
        workingset_refault: COUNTER.refaults,
        workingset_refault_anon: COUNTER.refaults,
        workingset_refault_file: COUNTER.refaults,
      }),
      'memory.stat',
    ),
    moved(amount(COUNTER.swap), 'memory.swap.current'),
    moved(amount(COUNTER.memoryMax), 'memory.max'),
    moved(amount(COUNTER.memoryHigh), 'memory.high'),
    moved(amount(COUNTER.swapMax), 'memory.swap.max'),
  ],
  io: [always(ioStat, 'io.stat')],
  pids: [always(amount(COUNTER.tasks), 'pids.current'), moved(amount(COUNTER.tasksMax), 'pids.max')],
};

const NANOSECOND = 1 / 1000;

const legacy: Readonly<Record<string, readonly Row[]>> = {
  freezer: [always(freezerState(COUNTER.frozen), 'freezer.state')],
  cpuacct: [always(amount(COUNTER.cpuUsec, NANOSECOND), 'cpuacct.usage')],
  cpu: [
    always(flatKeyed({ throttled_time: COUNTER.throttledUsec }, NANOSECOND), 'cpu.stat'),
    moved(amount(COUNTER.quotaUsec), 'cpu.cfs_quota_us'),
    unlimited(COUNTER.quotaUsec, amount(COUNTER.periodUsec), 'cpu.cfs_period_us'),
  ],
  memory: [
    always(amount(COUNTER.memory), 'memory.usage_in_bytes'),
    // The names without `total_` leave out what the machine's own groups have.
    moved(
      flatKeyed({
        total_rss: COUNTER.anon,
        total_cache: COUNTER.file,
        total_swap: COUNTER.swap,
        total_workingset_refault: COUNTER.refaults,
        total_workingset_refault_anon: COUNTER.refaults,
        total_workingset_refault_file: COUNTER.refaults,
        // The least of its own and of those above.
        hierarchical_memory_limit: COUNTER.memoryMaxAbove,
        hierarchical_memsw_limit: COUNTER.memoryAndSwapMaxAbove,
      }),
      'memory.stat',
    ),
    unlimited(COUNTER.memoryMaxAbove, amount(COUNTER.memoryMax), 'memory.limit_in_bytes'),
    unlimited(COUNTER.memoryAndSwapMaxAbove, amount(COUNTER.memoryAndSwapMax), 'memory.memsw.limit_in_bytes'),
  ],
  blkio: [
    legacyDisks(legacyIo(COUNTER.rbytes, COUNTER.wbytes), 'io_service_bytes'),
    legacyDisks(legacyIo(COUNTER.rios, COUNTER.wios), 'io_serviced'),
  ],
  pids: [always(amount(COUNTER.tasks), 'pids.current'), moved(amount(COUNTER.tasksMax), 'pids.max')],
};

/** What v2 tells wherever it is mounted, and v1 need not be asked about. */
const REPLACED_BY_UNIFIED: ReadonlySet<string> = new Set(['freezer', 'cpuacct']);

/** In the order of reading: whether the group lives and has moved comes first. */
export function sourcesOf(layout: CgroupLayout): readonly Source[] {
  const { unified: mount } = layout;
  const fromUnified =
    mount === undefined
      ? []
      : [
          controllerVersion(layout, 'cpu') === 'unified' ? cpuTimeAndThrottling : cpuTime,
          ...unifiedCore,
          ...Object.entries(unified).flatMap(([controller, rows]) =>
            controllerVersion(layout, controller) === 'unified' ? rows : [],
          ),
        ].map((row) => ({ ...row, mount }));
  const fromLegacy = Object.entries(legacy).flatMap(([controller, rows]) => {
    const place = layout.legacy[controller];
    if (place === undefined || (mount !== undefined && REPLACED_BY_UNIFIED.has(controller))) return [];
    return rows.map((row) => ({ ...row, mount: place }));
  });
  return [...fromUnified, ...fromLegacy]
    .map((source) => ({ ...source, tells: tellsOf(source.format) }))
    .sort((a, b) => rank(a) - rank(b));
}

const tellsFirst = ['life', 'cpu', 'memory'] as const;

function tellsOf({ counters }: Format): Source['tells'] {
  if (counters.includes(COUNTER.populated)) return 'life';
  if (counters.includes(COUNTER.cpuUsec)) return 'cpu';
  return counters.includes(COUNTER.memory) ? 'memory' : undefined;
}

function rank({ tells }: Source): number {
  return tells === undefined ? tellsFirst.length : tellsFirst.indexOf(tells);
}
