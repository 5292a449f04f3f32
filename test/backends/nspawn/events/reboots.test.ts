import { describe, expect, it } from 'vitest';
import { type PastEntry, withReboots } from '../../../../src/backends/nspawn/events/reboots.ts';

/** "web started" and the like, a millisecond after each other. */
function told(...words: readonly string[]): readonly string[] {
  const entries = words.map((one, at): PastEntry => {
    const [name = '', type] = one.split(' ');
    if (type === 'started') return { type, name, pid: 1, at };
    if (type === 'stopped') return { type, name, exit: undefined, at };
    return { type: type === 'failed' ? 'start-failed' : 'restarting', name, at };
  });
  return withReboots(entries).map(
    (event) => `${'name' in event ? event.name : ''} ${event.type} ${event.at}`,
  );
}

describe('past events', () => {
  it('have a reboot where systemd started the unit again, when that began', () => {
    expect(told('web started', 'web stopped', 'web restarting', 'web started', 'web stopped')).toEqual([
      'web started 0',
      'web rebooted 3',
      'web stopped 4',
    ]);
  });

  it('have an end and a start where somebody did both', () => {
    const words = ['web started', 'web stopped', 'web started'];
    expect(told(...words)).toEqual(['web started 0', 'web stopped 1', 'web started 2']);
  });

  it('have an end and a start where systemd could not start it again, and somebody did later', () => {
    const words = ['web stopped', 'web restarting', 'web failed', 'web started'];
    expect(told(...words)).toEqual(['web stopped 0', 'web started 3']);
  });

  it('keep machines apart, and an end after which nothing was started', () => {
    expect(told('web stopped', 'db stopped', 'web restarting', 'db started')).toEqual([
      'web stopped 0',
      'db stopped 1',
      'db started 3',
    ]);
  });

  it('have a reboot also where its end is too old to be told, or was written down late', () => {
    expect(told('web restarting', 'web started')).toEqual(['web rebooted 1']);
    expect(told('web restarting', 'web stopped', 'web started')).toEqual(['web rebooted 2']);
  });
});
