/** io.*: "IO Interface Files" of cgroup-v2.rst; in v1 cgroup-v1/blkio-controller.rst, and BFQ's weights of block/bfq-iosched.rst. */
import { BackendError } from '../../../backend.ts';
import type { IoBandwidth } from '../../../limits.ts';
import type { HostFiles, LimitFiles, LimitTable, LimitWrite, ReadFile } from './limit.ts';
import { parseNumber } from './one-value.ts';

type ByDevice = Readonly<Record<string, IoBandwidth>>;

export const BANDWIDTHS = ['rbps', 'wbps', 'riops', 'wiops'] as const;

const LEGACY_FILES: Readonly<Record<(typeof BANDWIDTHS)[number], string>> = {
  rbps: 'blkio.throttle.read_bps_device',
  wbps: 'blkio.throttle.write_bps_device',
  riops: 'blkio.throttle.read_iops_device',
  wiops: 'blkio.throttle.write_iops_device',
};

export const ioLimits: LimitTable<'io.weight' | 'io.max'> = {
  'io.weight': {
    standard: 100,
    unified: weight([
      { file: 'io.bfq.weight', comesLater: true, written: bfqWeight, meant: weightOfBfq },
      { file: 'io.weight', toldBy: 'io.cost.qos', written: (value) => value, meant: (value) => value },
    ]),
    legacy: weight([
      { file: 'blkio.bfq.weight', written: bfqWeight, meant: weightOfBfq },
      // CFQ's, until Linux 5.0: 10 to 1000, 500 without a word.
      { file: 'blkio.weight', written: (value) => clamp(value * 5, 10, 1000), meant: (value) => value / 5 },
    ]),
    same: sameWeight,
  },
  'io.max': {
    standard: {},
    unified: { writes: unifiedWrites, inForce: unifiedInForce },
    legacy: { writes: legacyWrites, inForce: legacyInForce },
    same: (set, now, host) => sameBandwidths(byNumber(set, host), byNumber(now, host)),
  },
};

interface WeightFile {
  readonly file: string;
  /** A file of the root alone that is there in any case: others are in groups once a controller is enabled. */
  readonly toldBy?: string;
  /** Nothing tells whether groups will have it. */
  readonly comesLater?: boolean;
  readonly written: (weight: number) => number;
  readonly meant: (written: number) => number;
}

/**
 * Which ones a group has depends on how the kernel was made. In v2 it may have both, and neither follows the other: iocost goes by the
 * one, BFQ by the other, and which of them a disk has can be changed at any time. There no group has any before one was given the io
 * controller, which the first start does.
 * @param candidates the first is asked for if none is known
 */
function weight(candidates: readonly [WeightFile, ...WeightFile[]]): LimitFiles<number> {
  return {
    writes: ({ after }, host) => {
      const known = candidates.filter(
        ({ file, toldBy }) => host.has(file) || (toldBy !== undefined && host.has(toldBy)),
      );
      const needed = known.length === 0 ? candidates.slice(0, 1) : known;
      return candidates
        .filter((one) => needed.includes(one) || one.comesLater === true)
        .map((one) => ({
          file: one.file,
          value: String(one.written(after)),
          restore: wholeWeight,
          ...(needed.includes(one) ? {} : { optional: true }),
        }));
    },
    inForce: (read, set) => {
      const found = candidates.flatMap(({ file, meant }) => {
        const number = parseNumber(read(file)?.split('\n', 1)[0]?.replace('default ', ''));
        return number === undefined ? [] : [Math.round(meant(number))];
      });
      // The last one of v2 holds more of them.
      return found.find((number) => !sameWeight(set, number)) ?? found.at(-1);
    },
  };
}

/** The first line is the group's, those after it single devices'. */
function wholeWeight(before: string): string {
  return (before.split('\n', 1)[0] ?? '').replace('default ', '');
}

/** BFQ knows 1 to 1000 with the same 100 in the middle: as systemd takes it. */
function bfqWeight(weight: number): number {
  return weight <= 100 ? weight : Math.round(100 + ((weight - 100) * 900) / 9900);
}

function weightOfBfq(weight: number): number {
  return weight <= 100 ? weight : 100 + ((weight - 100) * 9900) / 900;
}

/** BFQ's file holds fewer of them. */
function sameWeight(set: number, now: number): boolean {
  return bfqWeight(set) === bfqWeight(now);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

interface BandwidthChange {
  readonly before: ByDevice;
  readonly after: ByDevice;
}

function unifiedWrites({ before, after }: BandwidthChange, host: HostFiles): readonly LimitWrite[] {
  return changedDisks(before, after, host).map(([number, bandwidth]) => ({
    file: 'io.max',
    value: `${number} ${unifiedText(bandwidth)}`,
    restore: (text) =>
      text.split('\n').find((line) => line.startsWith(`${number} `)) ?? `${number} ${unifiedText({})}`,
  }));
}

function unifiedText(bandwidth: IoBandwidth): string {
  return BANDWIDTHS.map((name) => `${name}=${bandwidth[name] ?? 'max'}`).join(' ');
}

/** `8:0 rbps=1048576 wbps=max riops=max wiops=max` a line. */
function unifiedInForce(read: ReadFile): ByDevice | undefined {
  const text = read('io.max');
  if (text === undefined) return undefined;
  return collect(
    text.split('\n').flatMap((line) => {
      const [number = '', ...words] = line.trim().split(' ');
      return words.map((word) => {
        const [name = '', value = ''] = word.split('=');
        return { number, name, value };
      });
    }),
  );
}

function legacyWrites({ before, after }: BandwidthChange, host: HostFiles): readonly LimitWrite[] {
  return changedDisks(before, after, host).flatMap(([number, bandwidth]) =>
    BANDWIDTHS.map((name) => ({
      file: LEGACY_FILES[name],
      // 0 takes the rule away.
      value: `${number} ${bandwidth[name] ?? 0}`,
      restore: (text: string) =>
        text.split('\n').find((line) => line.startsWith(`${number} `)) ?? `${number} 0`,
    })),
  );
}

/** A file for each bandwidth, with a line `8:0 1048576` for each device. */
function legacyInForce(read: ReadFile): ByDevice | undefined {
  const texts = BANDWIDTHS.map((name) => [name, read(LEGACY_FILES[name])] as const);
  if (texts.every(([, text]) => text === undefined)) return undefined;
  return collect(
    texts.flatMap(([name, text = '']) =>
      text.split('\n').map((line) => {
        const [number = '', value = ''] = line.trim().split(' ');
        return { number, name, value };
      }),
    ),
  );
}

function collect(
  entries: readonly { readonly number: string; readonly name: string; readonly value: string }[],
): ByDevice {
  const found: Record<string, Record<string, number>> = {};
  for (const { number, name, value } of entries) {
    const amount = parseNumber(value);
    if (amount !== undefined) found[number] = { ...found[number], [name]: amount };
  }
  return found;
}

/** Every disk that is or was limited, with what holds after the change. */
function changedDisks(
  before: ByDevice,
  after: ByDevice,
  host: HostFiles,
): readonly (readonly [string, IoBandwidth])[] {
  const gone = Object.keys(after).find((device) => host.diskNumber(device) === undefined);
  if (gone !== undefined) {
    throw new BackendError('unsupported', `io.max: there is no block device ${gone} on this host`, {
      path: gone,
      hint: 'Name it as lsblk does, by its path or its MAJ:MIN, or take its limit away: io.max="DEVICE max".',
    });
  }
  const limited = byNumber(after, host);
  const numbers = [...new Set([...Object.keys(byNumber(before, host)), ...Object.keys(limited)])];
  return numbers.map((number) => [number, limited[number] ?? {}]);
}

/** Two devices may be parts of one disk: the later one's bandwidths count. A device that is gone limits nobody. */
function byNumber(byDevice: ByDevice, host: HostFiles): ByDevice {
  const found: Record<string, IoBandwidth> = {};
  for (const [device, bandwidth] of Object.entries(byDevice)) {
    const number = host.diskNumber(device);
    if (number === undefined) continue;
    found[number] = { ...found[number], ...bandwidth };
  }
  return found;
}

function sameBandwidths(one: ByDevice, other: ByDevice): boolean {
  const numbers = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...numbers].every((number) =>
    BANDWIDTHS.every((name) => one[number]?.[name] === other[number]?.[name]),
  );
}
