import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../../../src/backends/backend.ts';
import { type Bus, createBus } from '../../../../src/backends/nspawn/bus/bus.ts';
import { dbusErrorName } from '../../../../src/backends/nspawn/bus/bus-errors.ts';
import type { MethodCall } from '../../../../src/backends/nspawn/bus/calls.ts';
import { variant } from '../../../../src/backends/nspawn/bus/values.ts';
import { openPrivateBus, type PrivateBus } from '../../../fakes/private-bus.ts';

const MACHINE1 = 'org.freedesktop.machine1';

let real: PrivateBus;
let bus: Bus;

beforeEach(async () => {
  real = await openPrivateBus([MACHINE1]);
  bus = createBus({ socket: () => real.socket });
});

afterEach(async () => {
  bus.close();
  await real.remove();
});

function call(member: string, signature = '', ...given: readonly unknown[]): MethodCall {
  return { destination: MACHINE1, path: '/x', interface: 'a.b', member, signature, arguments: given };
}

async function failure(work: Promise<unknown>): Promise<BackendError> {
  const error = await work.catch((error) => error);
  expect(error).toBeInstanceOf(BackendError);
  return error as BackendError;
}

describe('a call over the bus', () => {
  it('gives back what was answered, variants as what they hold and 64 bits whole', async () => {
    const given = [-5, 2n ** 64n - 1n, 'ä', { a: variant('s', 'x'), b: variant('av', [variant('t', 7n)]) }];
    expect(await bus.call(call('Echo', 'itsa{sv}', ...given))).toEqual([
      -5,
      2n ** 64n - 1n,
      'ä',
      { a: 'x', b: [7n] },
    ]);
  });

  it('does not wait for the answers of others', async () => {
    const hangs = bus.call(call('Hang')).catch((error) => error);
    expect(await Promise.all([1, 2, 3].map((n) => bus.call(call('Echo', 'i', n))))).toEqual([[1], [2], [3]]);
    bus.close();
    expect(await hangs).toBeInstanceOf(BackendError);
  });

  it('that is not answered in time says whose it was and where to look', async () => {
    const error = await failure(bus.call({ ...call('Hang'), timeLimitMs: 50 }));
    expect(error).toMatchObject({
      code: 'timeout',
      message: 'systemd-machined has not answered Hang for 0.05 s',
      hint: expect.stringContaining('systemctl status systemd-machined.service'),
    });
  });

  it('passes on what polkit says', async () => {
    const word = 'Interactive authentication required.';
    const error = await failure(
      bus.call(call('Refuse', 'ss', 'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired', word)),
    );
    expect(error).toMatchObject({ code: 'permission', message: `Refuse of systemd-machined: ${word}` });
    expect(error.hint).toContain('polkit');
  });

  it('says how a service that somebody has switched off is allowed again', async () => {
    const word = 'Unit systemd-machined.service is masked.';
    const error = await failure(bus.call(call('Refuse', 'ss', 'org.freedesktop.systemd1.UnitMasked', word)));
    expect(error.hint).toContain('systemctl unmask systemd-machined.service');
  });

  it.each([
    ['org.freedesktop.machine1.NoSuchMachine', 'not-running'],
    ['org.freedesktop.machine1.NoSuchImage', 'no-such-machine'],
    ['System.Error.EEXIST', 'busy'],
    ['System.Error.EOPNOTSUPP', 'unsupported'],
    ['org.example.Whatever', 'failed'],
  ])('that is refused with %s is told as %s, the name kept', async (name, code) => {
    const error = await failure(bus.call(call('Refuse', 'ss', name, 'why')));
    expect(error).toMatchObject({ code, message: 'Refuse of systemd-machined: why' });
    expect(dbusErrorName(error)).toBe(name);
  });

  it('to a service that is not installed names the package', async () => {
    await real.remove();
    real = await openPrivateBus([]);
    const error = await failure(bus.call(call('Echo')));
    expect(error).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('systemd-container') });
  });

  it('that only reads is made again when the service dies in the middle', async () => {
    expect(await bus.call({ ...call('DieOnce', 's', 'here'), reads: true })).toEqual(['here']);
  });

  it('that changes something is not made again: what became of it is not known', async () => {
    const error = await failure(bus.call(call('DieOnce', 's', 'here')));
    expect(error).toMatchObject({
      code: 'failed',
      message: 'systemd-machined ended in the middle of DieOnce: whether it was done is not known',
    });
  });

  it('fails when the bus goes, and the next one finds the new bus', async () => {
    await bus.call(call('Echo'));
    const lost = failure(bus.call(call('Hang')));
    await real.stop();
    expect((await lost).message).toContain('the system bus ended in the middle of Hang');
    await real.start();
    expect(await bus.call(call('Echo', 's', 'again'))).toEqual(['again']);
  });

  it('without a bus says so', async () => {
    await real.stop();
    expect(await failure(bus.call(call('Echo')))).toMatchObject({ code: 'unsupported', errno: 'ENOENT' });
  });

  it('with an argument that is not of its signature fails alone', async () => {
    const [wrong, right] = await Promise.allSettled([
      bus.call(call('Echo', 'i', 'no number')),
      bus.call(call('Echo', 'i', 1)),
    ]);
    expect(wrong).toMatchObject({ status: 'rejected', reason: { code: 'failed' } });
    expect(right).toEqual({ status: 'fulfilled', value: [1] });
  });

  it('that is aborted is waited for no longer', async () => {
    const controller = new AbortController();
    const hangs = bus.call({ ...call('Hang'), abort: controller.signal });
    controller.abort(new Error('enough'));
    await expect(hangs).rejects.toThrow('enough');
  });
});

/** Of this process, by their inodes: proc_pid_fd(5). What closes meanwhile was opened by others. */
function openSockets(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith('socket:') ? [target] : [];
    } catch {
      return [];
    }
  });
}

describe('a closed bus', () => {
  it('keeps nothing open', async () => {
    const before = new Set(openSockets());
    await bus.call(call('Echo'));
    const opened = openSockets().filter((socket) => !before.has(socket));
    expect(opened).not.toEqual([]);
    bus.close();
    await expect.poll(() => openSockets().filter((socket) => opened.includes(socket))).toEqual([]);
  });
});
