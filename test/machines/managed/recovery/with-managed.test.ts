import { describe, expect, it } from 'vitest';
import { MachineError } from '../../../../src/machines/errors.ts';
import { settleIfLeft } from '../../../../src/machines/managed/recovery/with-managed.ts';
import { makeRoot } from '../../../fakes/machines-fixture.ts';
import { makeManagedIn } from '../../../fakes/managed-in.ts';

function settling(leavings: () => Promise<never>): Promise<boolean> {
  const { managed, manager } = makeManagedIn(makeRoot());
  Object.assign(manager.images, { leavings });
  return settleIfLeft(managed, 'web');
}

describe('what a dead command left of a name', () => {
  it('is left to whoever works on it, and to who may look there', async () => {
    const denied = Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'scandir' });
    for (const error of [denied, new MachineError('busy', 'another command works on it')]) {
      expect(await settling(() => Promise.reject(error))).toBe(false);
    }
  });

  it('is not taken for nothing when a look at it fails', async () => {
    const broken = Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'scandir' });
    await expect(settling(() => Promise.reject(broken))).rejects.toBe(broken);
  });
});
