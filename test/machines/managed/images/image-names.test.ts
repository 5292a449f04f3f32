import { describe, expect, it } from 'vitest';
import {
  isManagedName,
  snapshotsAmong,
  splitKeptState,
} from '../../../../src/machines/managed/images/image-names.ts';

describe('names of machines that a manager has', () => {
  it.each(['web', 'web.example', 'fedora_39', 'a-b', '1'])('%s is one', (name) => {
    expect(isManagedName(name)).toBe(true);
  });

  it.each(['', '.', '..', '.web', 'web.', 'a..b', '-a', 'a-', 'web@s', 'a/b', 'a b', 'x'.repeat(65)])(
    '%j is none',
    (name) => {
      expect(isManagedName(name)).toBe(false);
    },
  );
});

describe('kept states', () => {
  it('are told by their names', () => {
    expect(splitKeptState('web@a@b')).toEqual({ machine: 'web', snapshot: 'a@b' });
    expect(snapshotsAmong('web', ['web', 'web@one', 'web2@two', 'web@../x', '.web@three'])).toEqual(['one']);
  });
});
