import { describe, expect, it } from 'vitest';
import type { RemainingProcess } from '../../../src/backends/remaining.ts';
import { countDownLine } from '../../../src/presentation/lines/count-down.ts';

const process = (name: string, more: Partial<RemainingProcess> = {}): RemainingProcess => ({
  pid: 4711,
  insidePid: 7,
  name,
  state: 'sleeping',
  waitChannel: null,
  ...more,
});
const waiting = { name: 'web', signal: 'SIGUSR2', seconds: 26.2, remaining: undefined };

describe('the count-down', () => {
  it('says what was sent, when it is killed, and for whom it waits', () => {
    const remaining = { total: 9, processes: [process('dd', { state: 'uninterruptible' }), process('sh')] };
    expect(countDownLine([{ ...waiting, remaining }])).toBe(
      'web: init was sent SIGUSR2, killed in 27 s; still there: dd (7, D), sh (7) and 7 more',
    );
  });

  it('of several tells of the one that is killed first', () => {
    expect(countDownLine([waiting, { ...waiting, name: 'db', seconds: 3 }])).toBe(
      'db: init was sent SIGUSR2, killed in 3 s; and for web',
    );
  });

  it('tells of one that is frozen, and of one that is killed and still there', () => {
    expect(countDownLine([{ ...waiting, signal: undefined, seconds: Number.POSITIVE_INFINITY }])).toBe(
      'web: is thawed first',
    );
    expect(countDownLine([{ ...waiting, signal: undefined, seconds: 0 }])).toBe(
      'web: killed, and not gone yet',
    );
  });

  it('takes escapes and line ends out of the names of processes', () => {
    const remaining = { total: 1, processes: [process('\x1b]0;x\x07\n\u202eevil')] };
    expect(countDownLine([{ ...waiting, remaining }])).toMatch(/still there: \?\]0;x\?\?\?evil \(7\)$/);
  });

  it('is nothing when nothing is waited for', () => {
    expect(countDownLine([])).toBe('');
  });
});
