import { appendFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../../src/machines/events/events.ts';
import { journalFile, journalNumbers, openJournal } from '../../../src/machines/events/journal.ts';
import { followJournal } from '../../../src/machines/events/journal-follow.ts';
import { makeRoot } from '../../fakes/machines-fixture.ts';

function event(name: string): MachineEvent {
  return { time: '2025-01-01T00:00:00.000Z', name, type: 'started', details: {} };
}

async function take(events: AsyncIterable<MachineEvent>, count: number): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of events) {
    names.push(name);
    if (names.length === count) {
      break;
    }
  }
  return names;
}

describe('following the journal', () => {
  it('gives what happens after the call, and nothing from before', async () => {
    const directory = makeRoot();
    const journal = openJournal(directory);
    journal.append(event('before'));
    const events = followJournal(directory, new AbortController().signal);
    journal.append(event('first'));
    const names = take(events, 2);
    setTimeout(() => journal.append(event('second')), 20);
    expect(await names).toEqual(['first', 'second']);
  });

  it('goes on across rotation, also with a line that comes late to the old file', async () => {
    const directory = `${makeRoot()}/events`;
    const journal = openJournal(directory, { maxBytes: 200, keep: 3 });
    const events = followJournal(directory, new AbortController().signal);
    const names = take(events, 11);
    for (let index = 0; index < 10; index += 1) {
      journal.append(event(`m${index}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [oldest = 0, ...newer] = journalNumbers(directory);
    expect(newer.length).toBeGreaterThan(0);
    appendFileSync(journalFile(directory, oldest), `${JSON.stringify(event('late'))}\n`);
    expect([...(await names)].sort()).toEqual([
      'late',
      ...Array.from({ length: 10 }, (_, index) => `m${index}`),
    ]);
  });

  it('waits for the end of a line', async () => {
    const directory = makeRoot();
    const line = `${JSON.stringify(event('whole'))}\n`;
    const names = take(followJournal(directory, new AbortController().signal), 1);
    appendFileSync(journalFile(directory, 1), line.slice(0, 20));
    setTimeout(() => appendFileSync(journalFile(directory, 1), line.slice(20)), 20);
    expect(await names).toEqual(['whole']);
  });

  it('ends when it is aborted', async () => {
    const abort = new AbortController();
    const names = take(followJournal(makeRoot(), abort.signal), 1);
    abort.abort();
    expect(await names).toEqual([]);
  });
});
