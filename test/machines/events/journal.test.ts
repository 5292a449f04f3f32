import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../../src/machines/events/events.ts';
import { journalFile, journalNumbers, openJournal } from '../../../src/machines/events/journal.ts';
import { makeRoot } from '../../fakes/machines-fixture.ts';

function event(name: string): MachineEvent {
  return { time: '2025-01-01T00:00:00.000Z', name, type: 'started', details: { pid: 1 } };
}

function namesIn(directory: string): readonly string[] {
  return [...openJournal(directory).read()].map(({ name }) => name);
}

describe('the journal', () => {
  it('is empty before anything happened', () => {
    expect(namesIn(`${makeRoot()}/events`)).toEqual([]);
  });

  it('gives back what was written, oldest first', () => {
    const directory = `${makeRoot()}/events`;
    const journal = openJournal(directory);
    journal.append(event('a'));
    journal.append(event('b'));
    expect([...journal.read()]).toEqual([event('a'), event('b')]);
  });

  it('loses no line but the torn one', () => {
    const directory = makeRoot();
    openJournal(directory).append(event('a'));
    appendFileSync(journalFile(directory, 1), '{"time":"2025-01-01T00:00:00.000Z","na');
    openJournal(directory).append(event('b'));
    expect(namesIn(directory)).toEqual(['a', 'b']);
  });

  it('leaves out what is no event, or of a later version', () => {
    const directory = makeRoot();
    const lines = ['null', '7', '{}', JSON.stringify({ ...event('x'), type: 'teleported' })];
    writeFileSync(journalFile(directory, 1), `${lines.join('\n')}\n`);
    expect(namesIn(directory)).toEqual([]);
  });

  it('rotates when a file is full and keeps a bounded number', () => {
    const directory = makeRoot();
    const journal = openJournal(directory, { maxBytes: 300, keep: 3 });
    for (let index = 0; index < 100; index += 1) {
      journal.append(event(`m${index}`));
    }
    const names = namesIn(directory);
    expect(journalNumbers(directory)).toHaveLength(4);
    expect(names.at(-1)).toBe('m99');
    expect(names).toEqual([...names].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
    expect(names.length).toBeGreaterThan(6);
  });

  it('goes on when another process has rotated first', () => {
    const directory = makeRoot();
    const journal = openJournal(directory, { maxBytes: 10, keep: 3 });
    journal.append(event('a'));
    expect(existsSync(journalFile(directory, 2))).toBe(true);
    journal.append(event('b'));
    expect(namesIn(directory)).toEqual(['a', 'b']);
  });
});
