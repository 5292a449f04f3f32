import { describe, expect, it } from 'vitest';
import type { Readings } from '../../../../src/backends/native/watching/readings.ts';
import { newsSince, nothingTold, type Seen } from '../../../../src/backends/native/watching/since.ts';

const UNIFIED: Readings = {
  kills: 0,
  ooms: 0,
  ownOoms: 0,
  'memory.max': 0,
  'memory.high': 0,
  'memory.swap.max': 0,
  'pids.max': 0,
};
const LEGACY: Readings = { ...UNIFIED, ooms: undefined, ownOoms: undefined, 'memory.high': undefined };

function seen(readings: Readings, pressure: Seen['pressure'] = {}, at = 1000): Seen {
  return { readings, pressure, at };
}

describe('news since the last time', () => {
  it('are none while nothing grew', () => {
    expect(newsSince(nothingTold(1), seen(UNIFIED)).news).toEqual([]);
  });

  it('count what came since then, and then are told', () => {
    const first = newsSince(nothingTold(1), seen({ ...UNIFIED, 'memory.high': 4, 'pids.max': 2 }));
    expect(first.news).toEqual([
      { type: 'limit-reached', limit: 'memory.high', times: 4 },
      { type: 'limit-reached', limit: 'pids.max', times: 2 },
    ]);
    const second = newsSince(first.told, seen({ ...UNIFIED, 'memory.high': 9, 'pids.max': 2 }));
    expect(second.news).toEqual([{ type: 'limit-reached', limit: 'memory.high', times: 5 }]);
    expect(newsSince(second.told, seen({ ...UNIFIED, 'memory.high': 9, 'pids.max': 2 })).news).toEqual([]);
  });

  it('are swap and huge pages of each size as well', () => {
    const { news, told } = newsSince(
      nothingTold(1),
      seen({ ...UNIFIED, 'memory.swap.max': 3, 'hugetlb.2MB.max': 2, 'hugetlb.1GB.max': 0 }),
    );
    expect(news).toEqual([
      { type: 'limit-reached', limit: 'memory.swap.max', times: 3 },
      { type: 'limit-reached', limit: 'hugetlb.2MB.max', times: 2 },
    ]);
    const again = newsSince(told, seen({ ...UNIFIED, 'memory.swap.max': 3, 'hugetlb.2MB.max': 5 }));
    expect(again.news).toEqual([{ type: 'limit-reached', limit: 'hugetlb.2MB.max', times: 3 }]);
  });

  it('keep what was told of a file that is gone', () => {
    const { told } = newsSince(nothingTold(1), seen({ ...UNIFIED, 'pids.max': 2 }));
    const gone = newsSince(told, seen({ ...UNIFIED, 'pids.max': undefined }));
    expect(newsSince(gone.told, seen({ ...UNIFIED, 'pids.max': 3 })).news).toEqual([
      { type: 'limit-reached', limit: 'pids.max', times: 1 },
    ]);
  });

  it.each([
    ['limit', { ...UNIFIED, kills: 2, ooms: 1, ownOoms: 1 }],
    ['inside', { ...UNIFIED, kills: 2, ooms: 1 }],
    ['outside', { ...UNIFIED, kills: 2 }],
    ['limit', { ...LEGACY, kills: 2, 'memory.max': 7 }],
    ['outside', { ...LEGACY, kills: 2 }],
  ] as const)('tell kills apart by whose memory ran out: %s', (cause, readings) => {
    expect(newsSince(nothingTold(1), seen(readings)).news).toContainEqual({
      type: 'oom-killed',
      processes: 2,
      cause,
    });
  });

  it('know the cause of a kill that is counted later than its cause', () => {
    const early = newsSince(nothingTold(1), seen({ ...UNIFIED, ooms: 1, ownOoms: 1 }));
    expect(early.news).toEqual([]);
    const late = newsSince(early.told, seen({ ...UNIFIED, kills: 1, ooms: 1, ownOoms: 1 }));
    expect(late.news).toEqual([{ type: 'oom-killed', processes: 1, cause: 'limit' }]);
  });

  it('do not take an earlier cause for that of the next kill', () => {
    const first = newsSince(nothingTold(1), seen({ ...UNIFIED, kills: 1, ooms: 1, ownOoms: 1 }));
    const next = newsSince(first.told, seen({ ...UNIFIED, kills: 2, ooms: 1, ownOoms: 1 }));
    expect(next.news).toEqual([{ type: 'oom-killed', processes: 1, cause: 'outside' }]);
  });

  it('remember when memory ran out, but for a limit inside', () => {
    const inside = newsSince(nothingTold(1), seen({ ...UNIFIED, kills: 1, ooms: 1 }, {}, 5));
    expect(inside.told.oomAt).toBeUndefined();
    const own = newsSince(inside.told, seen({ ...UNIFIED, kills: 2, ooms: 2, ownOoms: 1 }, {}, 6));
    expect(own.told.oomAt).toBe(6);
    expect(newsSince(own.told, seen({ ...UNIFIED, 'pids.max': 1 }, {}, 9)).told.oomAt).toBe(6);
  });

  it('say how long processes waited since it was told last', () => {
    const first = newsSince(nothingTold(1), seen(UNIFIED, { io: 700 }));
    expect(first.news).toEqual([{ type: 'pressure', resource: 'io', stalledUsec: 700 }]);
    expect(newsSince(first.told, seen(UNIFIED, { io: 1000 })).news).toEqual([
      { type: 'pressure', resource: 'io', stalledUsec: 300 },
    ]);
  });
});
