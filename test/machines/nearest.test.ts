import { expect, it } from 'vitest';
import { nearest } from '../../src/machines/nearest.ts';

it('finds what was meant', () => {
  expect(nearest('memroy.max', ['cpu.max', 'memory.max'])).toBe('memory.max');
  expect(nearest('WEB1', ['web2', 'database'])).toBe('web2');
});

it('says nothing rather than something far off', () => {
  expect(nearest('zzzz', ['web', 'database'])).toBeUndefined();
});
