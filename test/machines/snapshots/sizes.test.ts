import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withMachine } from '../../fakes/created-machines.ts';
import { snapshotRequest, work, writeFileOf } from '../../fakes/machine-files.ts';

it('a snapshot on overlay takes what it has that the one before it has not', async () => {
  const fixture = await withMachine();
  const { machines, paths } = fixture;
  await machines.snapshot('web', snapshotRequest({ snapshot: 'empty' }));
  writeFileOf(fixture, 'web', 'a', 'x'.repeat(1000));
  await machines.snapshot('web', snapshotRequest({ snapshot: 'large' }));
  await machines.snapshot('web', snapshotRequest({ snapshot: 'same' }));
  writeFileOf(fixture, 'web', 'b', 'x'.repeat(10));
  await machines.snapshot('web', snapshotRequest({ snapshot: 'small' }));
  writeFileOf(fixture, 'web', 'c', 'x');
  const before = await machines.restore('web', 'empty', work);
  const sizes = { empty: 0, large: 1000, same: 0, small: 10, [before]: 1 };
  expect(Object.fromEntries(await machines.snapshotBytes('web'))).toEqual(sizes);

  writeFileSync(join(paths.snapshot('web', 'small'), 'snapshot.json'), '{');
  const left = Object.fromEntries(await machines.snapshotBytes('web'));
  expect([left['large'], left['small']]).toEqual([1000, undefined]);
});

it('a snapshot on dir takes what its tree does, which is looked through once', async () => {
  const fixture = await withMachine('stopped', 'web', { storage: 'dir' });
  const { machines, backend, paths } = fixture;
  const measured: string[] = [];
  const { bytesOfEach } = backend.storage;
  Object.assign(backend.storage, {
    bytesOfEach: (places: readonly string[]) => {
      measured.push(...places);
      return bytesOfEach(places);
    },
  });
  const tree = 'hello'.length;
  await machines.snapshot('web', snapshotRequest({ snapshot: 'one' }));
  writeFileOf(fixture, 'web', 'a', 'x'.repeat(1000));
  await machines.snapshot('web', snapshotRequest({ snapshot: 'two' }));
  expect(Object.fromEntries(await machines.snapshotBytes('web'))).toEqual({ one: tree, two: tree + 1000 });
  writeFileSync(join(paths.snapshot('web', 'two'), 'bytes'), '');
  await machines.snapshot('web', snapshotRequest({ snapshot: 'three' }));
  rmSync(paths.snapshotTree('web', 'three'), { recursive: true });
  expect(Object.fromEntries(await machines.snapshotBytes('web'))).toEqual({ one: tree, two: tree + 1000 });
  expect(measured).toEqual(['one', 'two', 'three', 'two'].map((name) => paths.snapshotTree('web', name)));
});
