/** The device nodes of this host, and the names that its drivers have: proc(5) "/proc/devices". */
import { type Dirent, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import type { DeviceNumber, DeviceType } from './device-rule.ts';

export interface HostDevices {
  /** What a path leads to; undefined if it is no device node. */
  readonly node: (path: string) => DeviceNumber | undefined;
  /** All nodes in a directory and below, without following links; undefined if there is too much in it to look at. */
  readonly nodesBelow: (path: string) => readonly DeviceNumber[] | undefined;
  /** Majors of the drivers whose name fits; `*` stands for any letters. */
  readonly majors: (type: DeviceType, pattern: string) => readonly number[];
}

/** More than all of a /dev has. */
const MOST_ENTRIES = 10_000;

export const hostDevices: HostDevices = {
  node: (path) => numberOf(statSync(path, { throwIfNoEntry: false })),
  nodesBelow,
  majors(type, pattern) {
    const [characters = '', blocks = ''] = readFileSync('/proc/devices', 'latin1').split('Block devices:');
    const fits = new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`);
    return (type === 'c' ? characters : blocks)
      .split('\n')
      .map((line) => /^\s*(\d+) (.+)$/.exec(line))
      .flatMap((found) => (found !== null && fits.test(found[2] ?? '') ? [Number(found[1])] : []));
  },
};

function nodesBelow(top: string): readonly DeviceNumber[] | undefined {
  const nodes: DeviceNumber[] = [];
  const left = [top];
  let entries = 0;
  for (let directory = left.pop(); directory !== undefined; directory = left.pop()) {
    for (const entry of entriesOf(directory)) {
      entries += 1;
      if (entries > MOST_ENTRIES) return undefined;
      const path = `${directory}/${entry.name}`;
      if (entry.isDirectory()) left.push(path);
      else if (entry.isCharacterDevice() || entry.isBlockDevice())
        nodes.push(...present(hostDevices.node(path)));
    }
  }
  return nodes;
}

/** What is gone, or no directory, has no nodes. */
function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

function present<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

/** Major and minor in the bits of makedev(3). */
function numberOf(found: Stats | undefined): DeviceNumber | undefined {
  if (found === undefined || !(found.isBlockDevice() || found.isCharacterDevice())) return undefined;
  const rdev = BigInt(found.rdev);
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return {
    type: found.isBlockDevice() ? 'b' : 'c',
    major: Number(major),
    minor: Number(minor & 0xffffffffn),
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
