import { describe, expect, it } from 'vitest';
import {
  isSnapshotName,
  nextAutomaticName,
  nextSnapshotName,
  parseSource,
} from '../../../src/machines/names/snapshot-names.ts';
import { caught } from '../caught.ts';

describe('the name of a snapshot', () => {
  it.each(['snap1', 'v1.0', 'a_b-c', '2026-01-31', 'x'.repeat(63)])('may be %s', (name) => {
    expect(isSnapshotName(name)).toBe(true);
  });

  it.each(['', '.', '..', '.new', '-a', '_a', 'a/b', 'a b', 'a@b', 'a\n', 'ä', 'x'.repeat(64)])(
    'may not be %j',
    (name) => {
      expect(isSnapshotName(name)).toBe(false);
    },
  );

  it('that is picked is one more than the highest', () => {
    expect(nextSnapshotName([])).toBe('snap1');
    expect(nextSnapshotName(['snap2', 'snap10', 'snapshot99', 'snap', 'snap007'])).toBe('snap11');
    expect(nextAutomaticName(['before-restore-4', 'snap9'])).toBe('before-restore-5');
  });

  it('comes after an at sign', async () => {
    expect(parseSource('web')).toEqual({ machine: 'web', snapshot: undefined });
    expect(parseSource('web@v1.0')).toEqual({ machine: 'web', snapshot: 'v1.0' });
    for (const wrong of ['@v1', 'web@', 'web@a@b', 'web@../x', 'a.b@c']) {
      expect((await caught(() => parseSource(wrong))).code).toBe('usage');
    }
  });
});
