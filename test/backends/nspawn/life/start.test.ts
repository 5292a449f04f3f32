import { describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import type { NspawnContext } from '../../../../src/backends/nspawn/context.ts';
import { startMachine } from '../../../../src/backends/nspawn/life/start.ts';

interface After {
  /** Whether machined has the machine when the job is done. */
  readonly registered: boolean;
  readonly active: string;
  readonly service?: Readonly<Record<string, unknown>>;
}

/** A host whose start job is always done. */
function hostWith({ registered, active, service = {} }: After): NspawnContext {
  const unit = 'systemd-nspawn@web.service';
  let started = false;
  const machine1 = {
    machineProperties: async () => {
      if (started && registered) return { unit, leader: 42 };
      throw new BackendError('not-running', 'web is not running');
    },
  };
  const systemd1 = {
    resetFailedUnit: async () => {},
    startUnit: async (_unit: string, { provided }: { readonly provided: Promise<void> }) => {
      await provided;
      started = true;
      return 'done';
    },
    listUnitsByNames: async () => [{ name: unit, load: 'loaded', active, sub: '', job: '' }],
    unitProperties: async () => service,
    unitProperty: async (_unit: string, _of: string, property: string) =>
      property === 'ExecMainPID' ? 0 : Buffer.alloc(16, 0xee),
  };
  return { machine1, systemd1 } as unknown as NspawnContext;
}

const silent = settingsWith(undefined);

function settingsWith(notifyReady: string | undefined) {
  return {
    read: async () => '',
    values: (_text: string | undefined, _section: string, key: string) =>
      key === 'NotifyReady' && notifyReady !== undefined ? [notifyReady] : [],
  };
}

it('is refused, and there is no job, where the machine runs already', async () => {
  const host = hostWith({ registered: true, active: 'active' });
  await startMachine(host, silent, 'web');
  await expect(startMachine(host, silent, 'web')).rejects.toMatchObject({ code: 'already-running' });
});

describe('a start whose job is done', () => {
  it('has started the machine if that is there', async () => {
    await startMachine(hostWith({ registered: true, active: 'active' }), silent, 'web');
  });

  it('has failed if its init is dead by then, and says how it ended', async () => {
    const service = { Result: 'exit-code', ExecMainCode: 1, ExecMainStatus: 7 };
    const starting = startMachine(hostWith({ registered: false, active: 'failed', service }), silent, 'web');
    await expect(starting).rejects.toMatchObject({
      code: 'launch-failed',
      message: expect.stringContaining('its init failed at once (exit-code, exit code 7)'),
      hint: expect.stringContaining('journalctl'),
    });
  });

  it('has started the machine also if its init has done its work by then', async () => {
    const service = { Result: 'success', ExecMainCode: 1, ExecMainStatus: 0 };
    await startMachine(hostWith({ registered: false, active: 'inactive', service }), silent, 'web');
  });

  it('has started a machine that says when it has booted: how it goes on is not looked at', async () => {
    const service = { Result: 'exit-code', ExecMainCode: 1, ExecMainStatus: 7 };
    const host = hostWith({ registered: false, active: 'failed', service });
    await startMachine(host, settingsWith('yes'), 'web');
    await expect(startMachine(host, settingsWith('no'), 'web')).rejects.toMatchObject({
      code: 'launch-failed',
    });
  });

  it('stays a success if nobody can be asked any more', async () => {
    const lost = () => Promise.reject(new BackendError('failed', 'the bus is gone'));
    const host = hostWith({ registered: true, active: 'active' });
    await startMachine({ ...host, systemd1: { ...host.systemd1, listUnitsByNames: lost } }, silent, 'web');
  });
});
