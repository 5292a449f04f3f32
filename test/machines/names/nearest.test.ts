import { expect, it } from 'vitest';
import { nearest } from '../../../src/machines/names/nearest.ts';

it('finds what was meant', () => {
  expect(nearest('memroy.max', ['cpu.max', 'memory.max'])).toBe('memory.max');
  expect(nearest('wbe', ['db', 'web'])).toBe('web');
  expect(nearest('lsit', ['set', 'list'])).toBe('list');
  expect(nearest('WEB1', ['web2', 'database'])).toBe('web2');
});

it('says nothing rather than something far off', () => {
  expect(nearest('zzzz', ['web', 'database'])).toBeUndefined();
  expect(nearest('web', ['db', 'a1'])).toBeUndefined();
});
