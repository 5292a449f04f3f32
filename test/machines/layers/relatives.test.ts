import { expect, it } from 'vitest';
import { withMachine } from '../../fakes/created-machines.ts';
import { cloneRequest, snapshotRequest, writeFileOf } from '../../fakes/machine-files.ts';
import { request } from '../../fakes/machines-fixture.ts';

it('are clones and what was cloned, also from a snapshot; those of the same image alone are none', async () => {
  const { machines, ...fixture } = await withMachine();
  await machines.create(request('stranger'));
  expect(await machines.relatives('web')).toEqual([]);
  writeFileOf({ machines, ...fixture }, 'web', 'mark', 'one');
  await machines.snapshot('web', snapshotRequest({ snapshot: 'first' }));
  await machines.clone('web@first', 'copy', cloneRequest());
  await machines.clone('copy', 'second', cloneRequest());
  expect(await machines.relatives('web')).toEqual(['copy', 'second']);
  expect(await machines.relatives('second')).toEqual(['copy', 'web']);
  expect(await machines.relatives('stranger')).toEqual([]);
});
