/**
 * The dashboard is used for a while, all of it again and again, and holds no more at the end than when all had been done a few times. Some
 * seconds here; `npm run soak` goes on for minutes and prints the figures (TSMACHINE_TEST_SOAK_SECONDS).
 */
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { bytesAtRest, doAll, type Held, openWatched } from './soak.ts';
import type { Person } from './terminal.ts';

const host = withRoot();
const seconds = Number(process.env['TSMACHINE_TEST_SOAK_SECONDS'] ?? 8);
const MIB = 1024 ** 2;
/** Until lazy parts are loaded, lines above consoles are full, and what is kept of the past has its form. */
const WARM_UP_TURNS = 3;
/** What is kept of the past grows for a quarter of an hour, and V8 keeps compiled code. */
const MOST_GROWTH = 3 * MIB;

const people: Person[] = [];

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

beforeAll(async () => {
  for (const name of ['a', 'b', 'c']) await host.done(['create', name, '-t', 'busybox', '--start']);
});

function report(turn: number, { heapUsed, arrayBuffers, rss, files, listeners, resources }: Held): void {
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const [heap, buffers, resident] = [heapUsed, arrayBuffers, rss].map((size) => (size / MIB).toFixed(2));
  console.info(
    `turn ${turn}: heap ${heap} MiB, buffers ${buffers} MiB, resident ${resident} MiB, ${sum(files)} files, ` +
      `${sum(listeners)} listeners, ${sum(resources)} resources`,
  );
}

it(
  'holds no more after much use than after a little, and is quiet when nobody does anything',
  async () => {
    const { person, held } = openWatched(join(host.root, 'held.json'), host.env);
    people.push(person);
    await person.sees(/▸ {2}a +● running/);
    let turn = 0;
    for (; turn < WARM_UP_TURNS; turn += 1) await doAll(person, turn);
    const before = await held();
    report(turn, before);
    expect(await bytesAtRest(person)).toBe(0);
    const end = performance.now() + seconds * 1000;
    let shown = performance.now();
    while (performance.now() < end) {
      await doAll(person, turn);
      turn += 1;
      if (performance.now() - shown < 60_000) continue;
      shown = performance.now();
      report(turn, await held());
    }
    const after = await held();
    report(turn, after);
    expect(await bytesAtRest(person)).toBe(0);
    expect(after.listeners).toEqual(before.listeners);
    expect(after.files).toEqual(before.files);
    expect(after.resources).toEqual(before.resources);
    expect(after.heapUsed + after.arrayBuffers).toBeLessThan(
      before.heapUsed + before.arrayBuffers + MOST_GROWTH,
    );
    person.type('q');
    await person.sees('Leave?');
    person.type('y');
    expect(await person.ends).toBe(0);
  },
  60_000 + seconds * 1500,
);
