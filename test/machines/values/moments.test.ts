import { describe, expect, it } from 'vitest';
import { isoMoment } from '../../../src/machines/values/moments.ts';

describe('a stored moment', () => {
  it.each([0, 1, 999, 951_782_400_000, 1_582_934_399_999, Date.now()])(
    'is written as toISOString does: %d',
    (ms) => {
      expect(isoMoment(ms)).toBe(new Date(ms).toISOString());
    },
  );
});
