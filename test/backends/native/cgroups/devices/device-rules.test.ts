/** From names to rules, from rules to v1's lists, and what is in force back to names. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listWrites, parseList } from '../../../../../src/backends/native/cgroups/devices/device-list.ts';
import {
  type DeviceNumber,
  type DeviceRule,
  type DeviceRules,
  formatRule,
  mergeRules,
  parseRule,
} from '../../../../../src/backends/native/cgroups/devices/device-rule.ts';
import {
  type HostDevices,
  hostDevices,
} from '../../../../../src/backends/native/cgroups/devices/host-devices.ts';
import { allowedInForce } from '../../../../../src/backends/native/cgroups/devices/in-force.ts';
import {
  grantedRules,
  wantedRules,
} from '../../../../../src/backends/native/cgroups/devices/wanted-rules.ts';
import { devices as deviceOperations } from '../../../../../src/backends/native/plan/devices.ts';
import { HOST } from '../../machine-spec.ts';

const rules = (...texts: readonly string[]) => texts.map((text) => parseRule(text) as DeviceRule);
const texts = (all: DeviceRules) => (all === 'all' ? all : all.map(formatRule));

const nodes: Readonly<Record<string, DeviceNumber>> = {
  '/dev/kvm': { type: 'c', major: 10, minor: 232 },
  '/dev/sda': { type: 'b', major: 8, minor: 0 },
};

const host: HostDevices = {
  node: (path) => nodes[path],
  nodesBelow: (path) => (path === '/dev/snd' ? [{ type: 'c', major: 116, minor: 1 }] : undefined),
  majors: (type, pattern) => (type === 'c' && pattern === 'input' ? [13] : []),
};

const granted = grantedRules([], host);
/** What is wanted beyond what every machine may. */
const beyond = (all: DeviceRules) => texts(all === 'all' ? all : all.slice(granted.length));

describe('the devices that a machine may use', () => {
  it('are those of its /dev, whatever is set', () => {
    const bound = deviceOperations(HOST)
      .filter(({ operation }) => operation === 'device')
      .map(({ arguments: [path = ''] }) => hostDevices.node(path))
      .filter((node) => node !== undefined);
    expect(bound.length).toBeGreaterThanOrEqual(6);
    for (const node of bound) expect(texts(granted)).toContain(formatRule({ ...node, access: 'rwm' }));
  });

  it.each<readonly [name: string, access: string, rules: readonly string[]]>([
    ['/dev/kvm', 'rw', ['c 10:232 rw']],
    ['/dev/sda', 'r', ['b 8:0 r']],
    ['c 10:237', 'rwm', ['c 10:237 rwm']],
    ['b 7:*', 'rw', ['b 7:* rw']],
    ['char-input', 'r', ['c 13:* r']],
  ])('%s with %s', (name, access, expected) => {
    expect(beyond(wantedRules({ [name]: access }, [], host))).toEqual(expected);
  });

  it('are named once, with all that is allowed of each', () => {
    const twice = wantedRules({ '/dev/kvm': 'r', 'c 10:232': 'w' }, [], host);
    expect(beyond(twice)).toEqual(['c 10:232 rw']);
    const every = wantedRules({ 'char-*': 'r' }, [], host);
    expect(texts(every)).toContain('c *:* rm');
    expect(texts(mergeRules(rules('c 1:3 m', 'c 1:3 r')))).toEqual(['c 1:3 rm']);
  });

  it('are all with a', () => {
    expect(wantedRules({ a: 'rwm', '/dev/gone': 'r' }, [], host)).toBe('all');
  });

  it.each(['/dev/gone', 'char-nothing', 'block-input'])('are refused where the host has no %s', (name) => {
    expect(() => wantedRules({ [name]: 'r' }, [], host)).toThrow(`this host has no device ${name}`);
  });

  it('are those of its binds: read-only ones to read, directories only with their nodes', () => {
    const bind = (source: string, readOnly: boolean, devices?: boolean) =>
      beyond(
        wantedRules(
          {},
          [{ source, path: '/x', readOnly, ...(devices === undefined ? {} : { devices }) }],
          host,
        ),
      );
    expect(bind('/dev/kvm', false)).toEqual(['c 10:232 rw']);
    expect(bind('/dev/kvm', true)).toEqual(['c 10:232 r']);
    expect(bind('/dev/snd', false, true)).toEqual(['c 116:1 rw']);
    expect(bind('/dev/snd', false)).toEqual([]);
    expect(() => bind('/endless', false, true)).toThrow(/too many files/);
  });
});

describe("the host's devices", () => {
  it('are found by path, by driver and below a directory, without following links', () => {
    expect(hostDevices.node('/dev/null')).toEqual({ type: 'c', major: 1, minor: 3 });
    expect(hostDevices.node('/etc')).toBeUndefined();
    expect(hostDevices.node('/dev/no-such')).toBeUndefined();
    expect(hostDevices.majors('c', 'mem')).toEqual([1]);
    expect(hostDevices.majors('c', 'm*m')).toContain(1);
    expect(hostDevices.majors('c', 'm.m')).toEqual([]);
    expect(hostDevices.majors('b', 'mem')).toEqual([]);
  });

  it('are none in a directory that is gone or has none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'devices-'));
    mkdirSync(join(folder, 'below'));
    expect(hostDevices.nodesBelow(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    expect(hostDevices.nodesBelow(folder)).toEqual([]);
  });
});

describe("v1's list", () => {
  it('is read as the kernel writes it', () => {
    expect(parseList('a *:* rwm\n')).toBe('all');
    expect(parseList('')).toEqual([]);
    expect(texts(parseList('c 1:3 rwm\nb *:* m\nc 136:* rw\n') ?? 'all')).toEqual([
      'c 1:3 rwm',
      'b *:* m',
      'c 136:* rw',
    ]);
    expect(parseList('something else\n')).toBeUndefined();
  });

  const writes = (before: DeviceRules, after: DeviceRules) =>
    listWrites(before, after).map(({ file, value }) => `${file} ${value}`);

  it('begins with nothing', () => {
    expect(writes('all', rules('c 1:3 rwm', 'c *:* m'))).toEqual([
      'devices.deny a',
      'devices.allow c 1:3 rwm',
      'devices.allow c *:* m',
    ]);
    expect(writes('all', 'all')).toEqual([]);
  });

  it('is changed by what is new and what is gone alone, so that what is in both is never refused', () => {
    expect(writes(rules('c 1:3 rwm', 'c 10:232 rw'), rules('c 1:3 rwm', 'c 10:237 r'))).toEqual([
      'devices.allow c 10:237 r',
      'devices.deny c 10:232 rw',
    ]);
    expect(writes(rules('c 10:232 rw'), rules('c 10:232 rm'))).toEqual([
      'devices.allow c 10:232 m',
      'devices.deny c 10:232 w',
    ]);
    expect(writes(rules('c 1:3 rwm'), 'all')).toEqual(['devices.allow a']);
  });
});

describe('what is in force', () => {
  const inForce = (set: Readonly<Record<string, string>>, extra: DeviceRules) =>
    allowedInForce(set, [], extra === 'all' ? extra : mergeRules([...granted, ...extra]), host);

  it('is what is set, in its words, whatever the numbers are', () => {
    const set = { '/dev/kvm': 'rw', 'char-input': 'r' };
    expect(inForce(set, rules('c 13:* r', 'c 10:232 rw'))).toEqual({ now: set, same: true });
    expect(inForce({}, [])).toEqual({ now: {}, same: true });
    expect(inForce({ a: 'rwm' }, 'all')).toEqual({ now: { a: 'rwm' }, same: true });
  });

  it('is told by number where it is more, and empty where it is less', () => {
    expect(inForce({}, rules('c 10:237 r'))).toEqual({ now: { 'c 10:237': 'r' }, same: false });
    expect(inForce({ '/dev/kvm': 'rw' }, rules('c 10:232 r'))).toEqual({
      now: { '/dev/kvm': '', 'c 10:232': 'r' },
      same: false,
    });
    expect(inForce({ '/dev/kvm': 'rw' }, 'all')).toEqual({ now: { a: 'rwm' }, same: false });
    expect(inForce({ a: 'rwm' }, [])).toEqual({ now: { a: '' }, same: false });
    const without = granted.filter((rule) => formatRule(rule) !== 'c 1:3 rwm');
    expect(allowedInForce({}, [], without, host)).toEqual({ now: { 'c 1:3': '' }, same: false });
  });
});
