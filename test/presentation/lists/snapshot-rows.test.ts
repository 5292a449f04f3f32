import { describe, expect, it } from 'vitest';
import { snapshotRows } from '../../../src/presentation/lists/snapshot-rows.ts';
import { createPaint } from '../../../src/presentation/paint.ts';
import { formatTable } from '../../../src/presentation/table.ts';
import { snapshot } from '../../commands/stub-machines.ts';

const now = Date.parse('2026-02-03T12:00:00Z');

/** The tree alone, or the whole table. */
function table(snapshots: Parameters<typeof snapshotRows>[0], boxes = true): readonly string[] {
  const bytes = new Map([
    ['fresh', 0],
    ['nightly', 5000],
  ]);
  const { heads, rows } = snapshotRows(snapshots, bytes, boxes, now);
  return formatTable(heads, rows, createPaint(false));
}
function tree(snapshots: Parameters<typeof snapshotRows>[0], boxes = true): readonly string[] {
  return table(snapshots, boxes)
    .slice(1)
    .map((line) => line.replace(/ {2}.*/, ''));
}

const branched = [
  snapshot('fresh'),
  snapshot('trial-1', { parent: 'fresh' }),
  snapshot('lone', { parent: 'fresh' }),
  snapshot('trial-2', { parent: 'trial-1' }),
  snapshot('deep', { parent: 'trial-1' }),
  snapshot('upgraded', { parent: 'fresh', current: true }),
  snapshot('later', { parent: 'upgraded' }),
];

describe('the tree of snapshots', () => {
  it('of one line of states is one column that ends where the machine is', () => {
    const line = [
      snapshot('a'),
      snapshot('b', { parent: 'a' }),
      snapshot('c', { parent: 'b', current: true }),
    ];
    expect(tree(line)).toEqual(['┬ a', '├ b', '├ c', '└ you are here']);
  });

  it('indents what did not become of the machine', () => {
    expect(tree(branched)).toEqual([
      '┬ fresh',
      '├─┬ trial-1',
      '│ ├── trial-2',
      '│ └ deep',
      '├── lone',
      '├ upgraded',
      '├── later',
      '└ you are here',
    ]);
  });

  it('keeps the column for what became of the machine, also where something else is newer', () => {
    const gone = [
      snapshot('fresh'),
      snapshot('mine', { parent: 'fresh', current: true }),
      snapshot('newer', { parent: 'fresh' }),
    ];
    expect(tree(gone)).toEqual(['┬ fresh', '├── newer', '├ mine', '└ you are here']);
  });

  it('is drawn in ASCII where a terminal shows no more', () => {
    expect(tree(branched, false)).toEqual([
      '* fresh',
      '|-* trial-1',
      '| |-* trial-2',
      '| * deep',
      '|-* lone',
      '* upgraded',
      '|-* later',
      '* you are here',
    ]);
  });

  it('has a root for what no snapshot is left of, also for the present', () => {
    expect(tree([snapshot('a', { parent: 'gone' }), snapshot('b')])).toEqual([
      '─ a',
      '─ b',
      '─ you are here',
    ]);
  });

  it('has no circle when a removed name was given again further down', () => {
    const again = [snapshot('b', { parent: 'a' }), snapshot('a', { parent: 'b', current: true })];
    expect(tree(again)).toEqual(['┬ b', '├ a', '└ you are here']);
  });

  it('of three hundred states is as narrow as that of three', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      snapshot(`s${index}`, { parent: index === 0 ? null : `s${index - 1}`, current: index === 299 }),
    );
    expect(Math.max(...tree(many).map((line) => line.length))).toBe('└ you are here'.length);
  });
});

describe('the table of snapshots', () => {
  it('tells age, size, expiry, comment, what was made unasked, and what cannot be restored', () => {
    expect(
      table([
        snapshot('fresh', { comment: 'all is well' }),
        snapshot('nightly', { expiresAt: '2026-02-10T11:00:00Z', createdAt: '2026-02-03T11:58:00Z' }),
        snapshot('auto1', { automatic: true, current: true, parent: 'nightly' }),
        snapshot('torn', { problem: 'a layer is missing', comment: 'mine' }),
      ]),
    ).toEqual([
      'SNAPSHOT             TAKEN      SIZE  EXPIRES   COMMENT',
      '─ fresh              3d ago      0 B  -         all is well',
      '┬ nightly            2m ago  4.9 KiB  in 6d23h',
      '├ auto1 (automatic)  3d ago        -  -',
      '└ you are here',
      '─ torn               3d ago        -  -         cannot be restored: a layer is missing',
    ]);
  });
});
