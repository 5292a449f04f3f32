import { expect, it } from 'vitest';
import { formatUuid, newMachineId } from '../../../src/machines/names/identity.ts';

it('makes machine-ids that are random version 4 UUIDs', () => {
  const id = newMachineId();
  expect(id).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(newMachineId()).not.toBe(id);
});

it('writes the same bits as a UUID', () => {
  expect(formatUuid('0123456789abcdef0123456789abcdef')).toBe('01234567-89ab-cdef-0123-456789abcdef');
});
