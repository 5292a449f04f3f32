import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStatus } from '../../../../src/backends/native/life/status.ts';
import { encodeRecords } from '../../../../src/backends/native/records.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());

const status = () => readStatus(fixture.machine, fixture.host);

/** Monitor 50 and init 60, both alive, in a thawed group. */
function run(phase = 'running'): void {
  fixture.writeState(
    ['phase', phase],
    ['monitor', 50, 1000],
    ['init', 60, 1001],
    ['started-at', 1700000000000],
  );
  fixture.addProcess(50, 1000);
  fixture.addProcess(60, 1001);
  fixture.writeGroup('cgroup.freeze', '0\n');
  fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 0\n');
}

describe('status', () => {
  it('is stopped without a run directory, with the exit record of the last run', () => {
    expect(status()).toEqual({ state: 'stopped', lastExit: undefined });
    fixture.write(
      'machines/web/exit',
      encodeRecords([{ name: 'ended', arguments: ['exited', '42', '0', '1700000000000'] }]),
    );
    expect(status()).toEqual({
      state: 'stopped',
      lastExit: { reason: 'exited', code: 42, signal: 0, endedAt: 1700000000000 },
    });
  });

  it('is running while monitor and init live', () => {
    run();
    expect(status()).toEqual({ state: 'running', pid: 60, monitorPid: 50, startedAt: 1700000000000 });
  });

  it('tells when init said that it has booted', () => {
    run();
    fixture.writeState(
      ['phase', 'running'],
      ['monitor', 50, 1000],
      ['init', 60, 1001],
      ['started-at', 1700000000000],
      ['ready-at', 1700000000360],
    );
    expect(status()).toMatchObject({ state: 'running', readyAt: 1700000000360 });
  });

  it('is starting before init is known', () => {
    fixture.writeState(['phase', 'starting'], ['monitor', 50, 1000]);
    fixture.addProcess(50, 1000);
    expect(status()).toEqual({ state: 'starting', monitorPid: 50 });
  });

  it('is stopping once init is dead or a zombie, even if the monitor did not say so yet', () => {
    run();
    fixture.addProcess(60, 1001, 'Z');
    expect(status().state).toBe('stopping');
    fixture.addProcess(60, 2002);
    expect(status().state).toBe('stopping');
  });

  it('is stopping, and not starting, while its monitor takes down what is left', () => {
    run();
    fixture.writeState(['phase', 'stopping'], ['monitor', 50, 1000], ['started-at', 1700000000000]);
    expect(status()).toEqual({ state: 'stopping', monitorPid: 50, startedAt: 1700000000000 });
  });

  it('is frozen only when the kernel confirms it, and freezing until then', () => {
    run();
    fixture.writeGroup('cgroup.freeze', '1\n');
    expect(status().state).toBe('freezing');
    fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 1\n');
    expect(status().state).toBe('frozen');
  });

  it('does not take another process with the monitor’s pid for the monitor', () => {
    run();
    fixture.addProcess(50, 77777);
    fixture.writeGroup('cgroup.events', 'populated 0\nfrozen 0\n');
    expect(status()).toMatchObject({ state: 'stopped', lastExit: { reason: 'monitor-lost' } });
  });

  it('is error with a reason when the monitor is dead and processes are left', () => {
    run();
    fixture.addProcess(50, 1000, 'Z');
    expect(status()).toEqual({
      state: 'error',
      reason: 'its monitor (pid 50) died and left processes behind',
    });
  });

  it('is error when processes are left without any state file', () => {
    fixture.writeGroup('cgroup.events', 'populated 1\nfrozen 0\n');
    expect(status().state).toBe('error');
  });

  it('keeps the exit record of a monitor that died after writing it', () => {
    run();
    fixture.addProcess(50, 1, 'S');
    fixture.writeGroup('cgroup.events', 'populated 0\nfrozen 0\n');
    fixture.write(
      'machines/web/exit',
      encodeRecords([{ name: 'ended', arguments: ['halt', '0', '2', '1700000000001'] }]),
    );
    expect(status()).toMatchObject({ state: 'stopped', lastExit: { reason: 'halt' } });
  });

  it('does not say that a machine ended that never ran: its start was cut off', () => {
    fixture.writeState(['phase', 'starting'], ['monitor', 50, 1000]);
    expect(status()).toEqual({ state: 'stopped', lastExit: undefined });
  });

  it.each(['', 'phase', 'phase\x001\0running\0', '\0\0\0', 'x'.repeat(9000)])(
    'takes a damaged state file for none: %j',
    (text) => {
      fixture.write('run/web/state', text);
      expect(status()).toEqual({ state: 'stopped', lastExit: undefined });
    },
  );
});
