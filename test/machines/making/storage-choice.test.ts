import { expect, it, vi } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import type { StorageDriverName } from '../../../src/backends/machine-spec.ts';
import { makeMachines, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

function withDrivers(...working: readonly StorageDriverName[]) {
  const fixture = makeMachines();
  vi.spyOn(fixture.backend.storage, 'requireDriver').mockImplementation(async (driver) => {
    if (working.includes(driver)) return;
    throw new BackendError('unsupported', `storage ${driver} cannot be used: it lies on sand`);
  });
  const said: string[] = [];
  const create = async (storage?: StorageDriverName) => {
    await fixture.machines.create(request('web', { storage, progress: (sentence) => said.push(sentence) }));
    return (await fixture.machines.readConfig('web')).storage.driver;
  };
  return { create, said };
}

it('is overlay, which nobody has to be told', async () => {
  const { create, said } = withDrivers('overlay', 'dir');
  expect(await create()).toBe('overlay');
  expect(said.join()).not.toContain('is used');
});

it('is dir where overlay does not work, and says why', async () => {
  const { create, said } = withDrivers('dir');
  expect(await create()).toBe('dir');
  expect(said).toContain('storage overlay cannot be used: it lies on sand; dir is used');
});

it('is never another one than what was asked for', async () => {
  const { create } = withDrivers('dir');
  expect(await caught(() => create('overlay'))).toMatchObject({ code: 'unsupported' });
});

it('fails with what is wrong with the usual one where none works', async () => {
  const { create } = withDrivers();
  expect(await caught(() => create())).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('storage overlay'),
  });
});
