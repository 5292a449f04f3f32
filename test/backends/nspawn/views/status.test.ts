import { describe, expect, it } from 'vitest';
import { exitRecord } from '../../../../src/backends/nspawn/views/exit-record.ts';
import {
  type MainProcess,
  machineStatus,
  type Registered,
} from '../../../../src/backends/nspawn/views/status.ts';

const unit = (active: string, sub = active, load = 'loaded') => ({
  name: 'systemd-nspawn@web.service',
  load,
  active,
  job: '',
  sub,
});
const registered: Registered = {
  leader: 400,
  alive: true,
  state: 'running',
  startedAt: 5000,
  supervisor: 390,
  freeze: 'thawed',
};
const main: MainProcess = { pid: 390, lastExit: undefined, readyAt: 6000 };
const live = { pid: 400, monitorPid: 390, startedAt: 5000 };

describe('a machine that machined has', () => {
  it('runs from when it is registered, and is ready when its unit is up', () => {
    const running = (active: string, of: MainProcess | undefined) =>
      machineStatus({ unit: unit(active), registered, main: of });
    expect(running('activating', { ...main, readyAt: undefined })).toEqual({ state: 'running', ...live });
    expect(running('active', main)).toEqual({ state: 'running', ...live, readyAt: 6000 });
    expect(running('active', undefined)).toEqual({ state: 'running', ...live });
  });

  it('runs also where systemd told nothing of its unit', () => {
    expect(machineStatus({ unit: undefined, registered, main: undefined })).toMatchObject({
      state: 'running',
    });
  });

  it('is what the kernel says of its group', () => {
    for (const freeze of ['freezing', 'frozen'] as const) {
      const seen = { unit: unit('active'), registered: { ...registered, freeze }, main: undefined };
      expect(machineStatus(seen)).toMatchObject({ state: freeze, pid: 400 });
    }
    const unknown = { ...registered, freeze: undefined };
    expect(machineStatus({ unit: unit('active'), registered: unknown, main: undefined }).state).toBe(
      'running',
    );
  });

  it('stops when its unit or machined says so, and has no init when that is gone', () => {
    for (const active of ['deactivating', 'inactive', 'failed']) {
      expect(machineStatus({ unit: unit(active), registered, main: undefined })).toEqual({
        state: 'stopping',
        ...live,
      });
    }
    const closing = { ...registered, state: 'closing' };
    expect(machineStatus({ unit: unit('active'), registered: closing, main: undefined }).state).toBe(
      'stopping',
    );
    const gone = { ...registered, alive: false };
    expect(machineStatus({ unit: unit('active'), registered: gone, main: undefined })).toEqual({
      state: 'stopping',
      monitorPid: 390,
      startedAt: 5000,
    });
  });

  it('has the main process of its unit as its monitor where the kernel names nobody', () => {
    const orphan = { ...registered, supervisor: 0 };
    expect(machineStatus({ unit: unit('active'), registered: orphan, main })).toMatchObject({
      monitorPid: 390,
    });
  });
});

describe('a machine that machined does not have', () => {
  const status = (of: ReturnType<typeof unit> | undefined, process: MainProcess | undefined = undefined) =>
    machineStatus({ unit: of, registered: undefined, main: process });

  it('is stopped where systemd has no unit of it, or one at rest', () => {
    expect(status(undefined)).toEqual({ state: 'stopped', lastExit: undefined });
    expect(status(unit('inactive', 'dead'))).toEqual({ state: 'stopped', lastExit: undefined });
  });

  it('is stopped when its unit failed, and tells how its last run ended', () => {
    const lastExit = { reason: 'exited', code: 3, signal: 0, endedAt: 9 } as const;
    expect(status(unit('failed'), { ...main, lastExit })).toEqual({ state: 'stopped', lastExit });
  });

  it('starts while its unit does, and while systemd waits to start that again', () => {
    expect(status(unit('activating', 'start'), main)).toEqual({ state: 'starting', monitorPid: 390 });
    const waiting = { ...main, pid: 0 };
    expect(status(unit('activating', 'auto-restart'), waiting)).toEqual({ state: 'starting', monitorPid: 0 });
  });

  it('stops until its unit is down', () => {
    expect(status(unit('deactivating', 'stop-sigterm'), main)).toMatchObject({ state: 'stopping' });
  });

  it('is an error where its unit cannot be loaded as it is written, and not where it is masked or not there', () => {
    for (const load of ['bad-setting', 'error']) {
      expect(status(unit('inactive', 'dead', load))).toMatchObject({
        state: 'error',
        reason: expect.stringContaining('systemd-nspawn@web.service'),
      });
    }
    for (const load of ['masked', 'not-found', 'stub', 'merged']) {
      expect(status(unit('inactive', 'dead', load)).state).toBe('stopped');
    }
  });
});

describe('the end of systemd-nspawn', () => {
  const ended = (code: number, status: number) => exitRecord({ code, status, endedAt: 7_000_999 });

  it('has the code of the init, 0 for one that halted', () => {
    expect(ended(1, 0)).toEqual({ reason: 'halt', code: 0, signal: 0, endedAt: 7000 });
    expect(ended(1, 42)).toEqual({ reason: 'exited', code: 42, signal: 0, endedAt: 7000 });
  });

  it('is a reboot by the code that its unit is started again for', () => {
    expect(ended(1, 133)).toMatchObject({ reason: 'reboot' });
  });

  it('is a signal where one killed it, with or without a core dump', () => {
    expect(ended(2, 9)).toMatchObject({ reason: 'signaled', signal: 9 });
    expect(ended(3, 6)).toMatchObject({ reason: 'signaled', signal: 6 });
  });

  it('is unknown where it has not ended since systemd knows its unit', () => {
    expect(exitRecord({ code: 0, status: 0, endedAt: 0 })).toBe(undefined);
    expect(exitRecord({ code: 1, status: 0, endedAt: 0 })).toBe(undefined);
  });
});
