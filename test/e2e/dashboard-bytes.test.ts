/** What the dashboard writes to its terminal: as little as can be. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fakeDashboard } from './fake-dashboard.ts';
import type { Person } from './terminal.ts';

const { at, file } = fakeDashboard();

const patience = { interval: 20 };

async function samplesIn(path: string, more: number): Promise<void> {
  const count = (): number => readFileSync(path).length;
  const wanted = count() + more;
  await expect.poll(count, patience).toBeGreaterThanOrEqual(wanted);
}

function clears(person: Person): number {
  return person.bytes().split('\x1b[2J').length - 1;
}

describe('what the dashboard writes', () => {
  it('is nothing at all while nothing changes', async () => {
    const samples = file('still');
    const person = at({ samples });
    await person.sees(/▸ {2}broken/);
    // What is told of the selected machine holds no time that passes.
    person.type('8');
    await person.sees(/\[8 Plan\][\s\S]*cgroup-make/);
    await samplesIn(samples, 2);
    const before = person.bytes().length;
    await samplesIn(samples, 3);
    expect(person.bytes().length - before).toBe(0);
  });

  it('is no more than changed rows for new figures, and never the whole screen again', async () => {
    const samples = file('moving');
    const person = at({ samples, moving: true });
    await person.sees(/▸ {2}broken/);
    const begun = clears(person);
    await samplesIn(samples, 3);
    expect(clears(person)).toBe(begun);
    expect(begun).toBe(0);
  });

  it('is little for a key', async () => {
    const samples = file('keys');
    const person = at({ samples });
    await person.sees(/▸ {2}broken/);
    person.type('8');
    await person.sees(/\[8 Plan\][\s\S]*cgroup-make/);
    await samplesIn(samples, 2);
    const before = person.bytes().length;
    person.type('j');
    await person.sees(/▸ {2}build/);
    await samplesIn(samples, 2);
    const written = person.bytes().slice(before);
    // Half a second of a line of 64 kbit/s; the two rows of the list and those beside them, and what is told of another machine.
    expect(written.length).toBeLessThan(4096);
    expect(written).toContain('build');
  });

  it('is right after thirty windows of other sizes, and clears once for each', async () => {
    const person = at({ count: 50 });
    await person.sees(/▸ {2}m00000/);
    for (let turn = 0; turn < 30; turn += 1) {
      person.resize(40 + ((turn * 37) % 140), 10 + ((turn * 13) % 40));
    }
    person.resize(120, 40);
    const isDrawn = (): boolean => {
      const shown = person.window();
      return (
        shown.length === 40 &&
        (shown[0] ?? '').includes('thishost') &&
        /^┗━+┛└.*┘$/.test(shown[38] ?? '') &&
        / help *$/.test(shown[39] ?? '') &&
        shown.slice(2, 38).every((row) => /^┃.{48}[┃]│.{68}│$/.test(row) && row.length === 120)
      );
    };
    await expect.poll(isDrawn, patience).toBe(true);
    expect(clears(person)).toBeLessThanOrEqual(31);
    person.type('j');
    await person.sees(/▸ {2}m00001/);
  });
});

describe('what is typed', () => {
  it('is understood when its sequences come in pieces', async () => {
    const person = at();
    await person.sees(/▸ {2}broken/);
    // Down, in three writes that the terminal's line may or may not bring together.
    for (const piece of ['\x1b', '[', 'B']) person.type(piece);
    await person.sees(/▸ {2}build/);
    for (const piece of ['\x1b[<6', '5;3;', '4M']) person.type(piece);
    await person.sees(/▸ {2}databas/);
    person.type('q');
    expect(await person.ends).toBe(0);
  });
});

describe('a backend that never answers', () => {
  it('keeps neither the screen from being drawn nor anybody from leaving', async () => {
    const person = at({ hangs: true });
    await person.sees(/▸ {2}broken/);
    await person.sees('looking ...');
    person.type('j');
    await person.sees(/▸ {2}build/);
    person.type('c');
    await person.sees('[2 Console]');
    person.type('\x1dq');
    await person.sees('┏ Machines');
    person.type('q');
    expect(await person.ends).toBe(0);
  });
});
