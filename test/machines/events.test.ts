import { expect, it } from 'vitest';
import { describeEvent, eventTypes } from '../../src/machines/events.ts';

it('has words for every type of event, also without details', () => {
  for (const type of eventTypes) {
    expect(describeEvent({ time: '', name: 'web', type, details: {} }), type).not.toBe('');
  }
});

it('tells how a machine ended', () => {
  const stopped = (details: Record<string, string | number>) =>
    describeEvent({ time: '', name: 'web', type: 'stopped', details });
  expect(stopped({ reason: 'exited', code: 3 })).toContain('code 3');
  expect(stopped({ reason: 'signaled', signal: 9 })).toContain('signal 9');
  expect(stopped({ reason: 'monitor-lost' })).toContain('monitor');
});

it('does not call it killing when init was sent a signal', () => {
  const killed = (details: Record<string, string>) =>
    describeEvent({ time: '', name: 'web', type: 'killed', details });
  expect(killed({ signal: 'SIGHUP' })).toBe('SIGHUP sent to init');
  expect(killed({ signal: 'SIGKILL' })).toBe('killed');
  expect(killed({ signal: 'SIGKILL', reason: 'timeout' })).toContain('killed: ');
});
