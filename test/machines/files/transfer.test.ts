import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend.ts';
import type { CopyRequest } from '../../../src/machines/machines.ts';
import { eventsOf, withMachine } from '../../fakes/created-machines.ts';
import { makeMachines, makeRoot, request } from '../../fakes/machines-fixture.ts';
import { caught } from '../caught.ts';

function copy(changes: Partial<CopyRequest> = {}): CopyRequest {
  return {
    sources: ['/a'],
    target: '/b',
    parents: false,
    owner: undefined,
    setId: false,
    progress: () => {},
    signal: new AbortController().signal,
    ...changes,
  };
}

describe('push and pull', () => {
  it("give files to the machine's root, or to who calls, and tell the journal of what went in", async () => {
    const { machines, backend } = await withMachine();
    await machines.push('web', copy({ sources: ['/x/.', '/y'] }));
    expect(backend.files.lastRequest).toEqual({
      sources: ['/x/.', '/y'],
      target: '/b',
      into: true,
      parents: false,
      owner: { uid: 0, gid: 0 },
      setId: false,
    });
    await machines.pull('web', copy({ owner: 'keep', setId: true }));
    expect(backend.files.lastRequest).toMatchObject({ owner: 'keep', setId: true, into: false });
    await machines.pull('web', copy());
    expect(backend.files.lastRequest?.owner).toEqual({ uid: process.geteuid?.(), gid: process.getegid?.() });
    const told = (await eventsOf(machines)).filter(({ type }) => type === 'pushed');
    expect(told.map(({ details }) => details)).toEqual([{ to: '/b', files: 1 }]);
  });

  it('keep a stopped machine from being started meanwhile, not a running one from being stopped', async () => {
    const { machines, backend } = makeMachines(makeRoot(), 50);
    await machines.create(request('web'));
    let started: unknown;
    backend.files.meanwhile = async () => {
      started = await caught(() => machines.start('web', { ifNeeded: false }));
    };
    await machines.push('web', copy());
    expect(started).toMatchObject({ code: 'busy' });
    backend.files.meanwhile = () => {};
    await machines.start('web', { ifNeeded: false });
    backend.files.meanwhile = async () => void (await machines.freeze('web'));
    await machines.push('web', copy());
    expect((await machines.info('web')).state).toBe('frozen');
  });

  it('say how much is done when they fail or are broken off', async () => {
    const { machines, backend } = await withMachine();
    backend.files.result = { files: 7, bytes: 1, skipped: [], skippedCount: 0 };
    backend.failNext(
      'push',
      new BackendError('failed', 'cannot write /b in web: ENOSPC', { errno: 'ENOSPC' }),
    );
    const failed = await caught(() => machines.push('web', copy()));
    expect(failed.message).toBe('cannot write /b in web: ENOSPC; 7 files were copied by then');
    expect(failed.errno).toBe('ENOSPC');
    const controller = new AbortController();
    backend.files.meanwhile = () => controller.abort();
    const broken = await caught(() => machines.pull('web', copy({ signal: controller.signal })));
    expect(broken).toMatchObject({
      message: 'interrupted; 7 files were copied by then',
      tellsWhatIsLeft: true,
    });
  });

  it('make what is missing on the host when asked, and take one file for a stream', async () => {
    const { machines, backend, root } = await withMachine();
    await machines.pull('web', copy({ target: join(root, 'new/deep/'), parents: true }));
    expect(backend.files.lastRequest).toMatchObject({
      target: join(root, 'new/deep'),
      into: true,
      parents: false,
    });
    for (const wrong of [{ sources: ['-', 'x'] }, { sources: ['-'], target: '/d/' }]) {
      expect(await caught(() => machines.push('web', copy(wrong)))).toMatchObject({ code: 'usage' });
    }
    expect(
      await caught(() => machines.pull('web', copy({ sources: ['/a', '/b'], target: '-' }))),
    ).toMatchObject({
      code: 'usage',
    });
  });
});
