import { expect, it } from 'vitest';
import { describeEvent, eventTypes, type MachineEventType } from '../../../src/machines/events/events.ts';

it('has words for every type of event, also without details', () => {
  for (const type of eventTypes) {
    expect(describeEvent({ time: '', name: 'web', type, details: {} }), type).not.toBe('');
  }
});

it('tells what limits did, of one and of many', () => {
  const words = (type: MachineEventType, details: Record<string, string | number>) =>
    describeEvent({ time: '', name: 'web', type, details });
  expect(words('oom-killed', { processes: 1, cause: 'limit' })).toBe(
    'out of memory: a process was killed; memory.max was reached',
  );
  expect(words('oom-killed', { processes: 3, cause: 'outside' })).toContain(
    '3 processes were killed; the host',
  );
  expect(words('limit-reached', { limit: 'pids.max', times: 1 })).toBe('pids.max was reached once');
  expect(words('limit-reached', { limit: 'memory.high', times: 7 })).toContain('7 times');
  expect(words('oom-action', { action: 'restart' })).toBe('on-oom=restart: it starts again');
  expect(words('oom-action', { action: 'stop', refused: 'no' })).toContain('not carried out: no');
});

it('tells of an export what it is of, and names the machine no second time', () => {
  const words = (details: Record<string, string>) =>
    describeEvent({ time: '', name: 'web', type: 'exported', details });
  expect(words({ source: 'web', path: '/a.tar' })).toBe('exported to /a.tar');
  expect(words({ source: 'web@one' })).toBe('snapshot one exported');
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
