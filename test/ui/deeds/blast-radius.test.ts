import { expect, test } from 'vitest';
import { radiusWords } from '../../../src/ui/deeds/blast-radius.ts';

const now = Date.parse('2026-11-02T10:00:00Z');
const snapshot = {
  name: 'before',
  parent: null,
  current: true,
  createdAt: '2026-11-02T09:59:00.000Z',
  comment: null,
  automatic: false,
  expiresAt: null,
  problem: null,
};

test('who is attached, and which is the newest snapshot, is said before a machine goes', () => {
  const radius = {
    name: 'web',
    state: 'running',
    running: true,
    snapshots: [snapshot],
    clients: 2,
    relatives: [],
  };
  expect(radiusWords(radius, now)).toBe(
    'web: running, it will be killed; 2 clients are attached (consoles, waiting commands); ' +
      '1 snapshot goes with it, the newest before, 1m ago',
  );
});

test('a stopped machine without snapshots takes nothing with it', () => {
  const radius = {
    name: 'web',
    state: 'stopped',
    running: false,
    snapshots: [],
    clients: null,
    relatives: [],
  };
  expect(radiusWords(radius, now)).toBe('web: stopped; no snapshot');
});

test('clones are named, a handful of them, and said to stay whole', () => {
  const radius = { name: 'web', state: 'stopped', running: false, snapshots: [], clients: null };
  expect(radiusWords({ ...radius, relatives: ['copy'] }, now)).toBe(
    'web: stopped; no snapshot; copy shares layers with it, and keeps them',
  );
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  expect(radiusWords({ ...radius, relatives: many }, now)).toContain(
    'a, b, c, d, e and 2 more share layers with it, and keep them',
  );
});
