/** Screens at four sizes, in colour, without it, and in letters alone: golden files, whose escapes are written as ␛. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GroupSample } from '../../../src/backends/usage.ts';
import { frame } from '../../../src/commands/top/frame.ts';
import { press } from '../../../src/commands/top/keys.ts';
import { change, initialState, type TopState } from '../../../src/commands/top/state.ts';
import { createPaint } from '../../../src/presentation/paint.ts';
import type { Theme } from '../../../src/presentation/top-screen/row-text.ts';
import { busyProcesses } from '../../fakes/busy-processes.ts';
import { group, quietHost, sample } from '../usage-sample.ts';

const MIB = 1024 ** 2;

const themes: Readonly<Record<string, Theme>> = {
  colour: { paint: createPaint(true), unicode: true },
  plain: { paint: createPaint(false), unicode: true },
  ascii: { paint: createPaint(false), unicode: false },
};

const sizes = [
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 50 },
] as const;

const machines: readonly GroupSample[] = [
  group('web', {
    cpu: { cores: 0.5, limitCores: 0.5, throttledShare: 0.38, throttledSeconds: 0.3 },
    pressure: { cpu: { some: 0.4, full: 0.3 } },
  }),
  group('database-of-the-accounting-department', {
    memory: { bytes: 507 * MIB, limitBytes: 512 * MIB, fileBytes: 200 * MIB, refaults: 1234 },
    io: { rbps: 12.3 * MIB, wbps: 0.5 * MIB, riops: 321, wiops: 12 },
    pressure: { io: { some: 0.35, full: 0.2 }, memory: { some: 0.12, full: 0.1 } },
    network: { rxBytes: 5 * MIB, txBytes: 1234 },
  }),
  group('cold', { cpu: { cores: 0 } }, { frozen: true }),
  group('quiet', { cpu: { cores: 0.01 }, tasks: { count: 3, limit: 200 } }),
  group('unknown', { cpu: { cores: null, limitCores: null, throttledShare: null } }, { frozen: null }),
];

function at(size: TopState['size']): TopState {
  let state = initialState('machines', undefined, 1, size, 'thishost');
  for (const cores of [0.1, 0.4, 0.2, 0.5]) {
    const groups = machines.map((one) =>
      one.machine === 'web' ? { ...one, usage: { ...one.usage, cpu: { ...one.usage.cpu, cores } } } : one,
    );
    state = change(state, { type: 'sample', sample: sample(groups, quietHost), processes: new Map(), at: 0 });
  }
  state = press(state, { name: 'return', sequence: '\r' }, 0).state;
  const expanded = new Map([['tsmachine/web', busyProcesses]]);
  return change(state, {
    type: 'sample',
    sample: sample(machines, quietHost),
    processes: expanded,
    at: 10_000,
  });
}

/** What a terminal would show, as far as it can be told by counting characters. */
function stripped(row: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return row.replace(/\x1b\[[\d;]*[mG]/g, '');
}

describe.each(sizes)('a screen of $columns columns and $rows rows', (size) => {
  it.each(Object.keys(themes))('in %s looks as it did', async (name) => {
    const rows = frame(at(size), themes[name] as Theme);
    expect(rows).toHaveLength(size.rows);
    for (const row of rows) expect(Array.from(stripped(row)).length, row).toBeLessThanOrEqual(size.columns);
    const text = `${rows.join('\n').replaceAll('\x1b', '␛')}\n`;
    const path = join(import.meta.dirname, '../../golden/top', `${size.columns}x${size.rows}-${name}.txt`);
    await expect(text).toMatchFileSnapshot(path);
  });
});

describe('a screen', () => {
  it('of any size has as many rows as there are, none too long, in the list, the filter and the help', () => {
    for (const columns of [1, 5, 20, 33, 61, 99, 100, 101, 150, 300]) {
      for (const rows of [1, 2, 3, 7, 19, 20, 60]) {
        const state = at({ columns, rows });
        for (const shown of [state, { ...state, help: true }, { ...state, editing: true, filter: 'x' }]) {
          const lines = frame(shown, themes['plain'] as Theme);
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(line).not.toContain('\n');
        }
      }
    }
  });

  it('tells who runs a machine where there are some of both backends', () => {
    const state = at(sizes[2]);
    const groups = [group('web', {}, { backend: 'native' }), group('db', {}, { backend: 'nspawn' })];
    const both = change(state, { type: 'sample', sample: sample(groups), processes: new Map(), at: 0 });
    const lines = frame(both, themes['ascii'] as Theme);
    expect(lines.find((line) => line.includes('NAME'))).toMatch(/NAME +STATE +BACKEND +CPU/);
    expect(lines.find((line) => / db /.test(line))).toMatch(/ running +nspawn +0\.25/);
    expect(frame(state, themes['ascii'] as Theme).join()).not.toContain('BACKEND');
  });

  it('in letters has nothing but ASCII', () => {
    for (const row of frame(at(sizes[2]), themes['ascii'] as Theme)) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
      if (!row.includes('日')) expect(row).toMatch(/^[\x00-\x7f]*$/);
    }
  });

  it('never passes on what a process calls itself to do to the terminal', () => {
    const text = frame(at(sizes[1]), themes['plain'] as Theme).join('\n');
    expect(text).toContain('\\x1b]0;owned\\x07');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    expect(text.replace(/\x1b\[\d+G/g, '')).not.toContain('\x1b');
  });
});
