/** The control group of the unit that a process is in: /proc/PID/cgroup, cgroups(7). */
import { readSmallFile } from '../../native/life/small-file.ts';

/** The same in every hierarchy that has it, relative to the root of each. */
export interface UnitGroup {
  /** For example machine.slice. */
  readonly parent: string;
  /** The unit's name. */
  readonly name: string;
}

export function unitGroupOf(pid: number, unit: string, procRoot: string): UnitGroup | undefined {
  return parseUnitGroup(readSmallFile(`${procRoot}/${pid}/cgroup`) ?? '', unit);
}

/** What systemd puts its units into comes first: v2, else its own hierarchy of v1; a controller of v1 need not have a group of the unit. */
const systemds = [/^0::/, /^\d+:name=systemd:/, /^/];

/** A machine has groups of its own below that of its unit. Undefined if it is in no such unit (any more). */
export function parseUnitGroup(text: string, unit: string): UnitGroup | undefined {
  const lines = text.split('\n');
  for (const systemd of systemds) {
    for (const line of lines) {
      const path = systemd.test(line) ? unitPathIn(line, unit) : undefined;
      if (path !== undefined) return splitGroup(path);
    }
  }
  return undefined;
}

function unitPathIn(line: string, unit: string): string | undefined {
  const groups = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 2).split('/');
  const at = groups.indexOf(unit);
  // What is outside of our own cgroup namespace cannot be reached by its path.
  return at < 0 || groups.includes('..') ? undefined : groups.slice(0, at + 1).join('/');
}

/** Undefined for the root, which is no unit's. @param path with or without a slash before it, as systemd's ControlGroup */
export function splitGroup(path: string): UnitGroup | undefined {
  const [, parent = '', name] = /^\/?(?:(.*)\/)?([^/]+)$/s.exec(path) ?? [];
  return name === undefined ? undefined : { parent, name };
}

export function groupPath({ parent, name }: UnitGroup): string {
  return parent === '' ? name : `${parent}/${name}`;
}
