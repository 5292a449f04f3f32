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
const seconds = Number(process.env['TSMACHINE_TEST_SOAK_SECONDS'] ?? 5);
const MIB = 1024 ** 2;
/** Until lazy parts are loaded, lines above consoles are full, and what is kept of the past has its form. */
const WARM_UP_TURNS = seconds > 60 ? 20 : 3;
/** What is kept of the past grows for a quarter of an hour, and V8 learns which functions are hot. */
const MOST_GROWTH = 3 * MIB;

const people: Person[] = [];

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

beforeAll(async () => {
  for (const name of ['a', 'b', 'c']) await host.done(['create', name, '-t', 'busybox', '--start']);
});

function report(
  turn: number,
  { data, compiled, arrayBuffers, rss, files, listeners, resources }: Held,
): void {
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const [heap, code, buffers, resident] = [data, compiled, arrayBuffers, rss].map((size) =>
    (size / MIB).toFixed(2),
  );
  console.info(
    `turn ${turn}: heap ${heap} MiB and ${code} MiB of code, buffers ${buffers} MiB, resident ${resident} MiB, ${sum(files)} files, ` +
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
    // What is under way ends in it.
    expect(await bytesAtRest(person)).toBe(0);
    const before = await held();
    report(turn, before);
    const end = performance.now() + seconds * 1000;
    let shown = performance.now();
    while (performance.now() < end) {
      await doAll(person, turn);
      turn += 1;
      if (performance.now() - shown < 60_000) continue;
      shown = performance.now();
      report(turn, await held());
    }
    expect(await bytesAtRest(person)).toBe(0);
    const after = await held();
    report(turn, after);
    expect(after.listeners).toEqual(before.listeners);
    expect(after.files).toEqual(before.files);
    expect(after.resources).toEqual(before.resources);
    expect(after.data + after.arrayBuffers).toBeLessThan(before.data + before.arrayBuffers + MOST_GROWTH);
    person.type('q');
    await person.sees('Leave?');
    person.type('y');
    expect(await person.ends).toBe(0);
  },
  60_000 + seconds * 1500,
);
