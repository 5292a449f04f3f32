import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MachineHandle, MachineStatus } from '../../../../src/backends/backend.ts';
import { awaitReady } from '../../../../src/backends/native/life/await-ready.ts';
import { runFolder } from '../../../setup/test-run.ts';
import { machineSpec } from '../machine-spec.ts';

const running: MachineStatus = { state: 'running', pid: 60, monitorPid: 50, startedAt: 1 };
const stopped: MachineStatus = { state: 'stopped', lastExit: undefined };

function machine(notifies: boolean, runDirectory = mkdtempSync(join(runFolder(), 'ready-'))): MachineHandle {
  const spec = machineSpec();
  return { spec: { ...spec, init: { ...spec.init, notifies } }, directory: '/nowhere', runDirectory };
}

describe('waiting for a boot', () => {
  it('is through at once for an init that says nothing', async () => {
    expect(await awaitReady(machine(false), () => running, 0)).toBe('ready');
  });

  it('is through when the monitor has written that init said so', async () => {
    const handle = machine(true);
    let status = running;
    const waiting = awaitReady(handle, () => status, 600_000);
    status = { ...running, readyAt: 2 };
    writeFileSync(join(handle.runDirectory, 'state'), '');
    expect(await waiting).toBe('ready');
  });

  it('goes on over a reboot', async () => {
    const seen: MachineStatus[] = [
      { state: 'stopping', monitorPid: 50, startedAt: 1 },
      { state: 'starting', monitorPid: 50 },
      { ...running, readyAt: 3 },
    ];
    const handle = machine(true);
    const next = (): MachineStatus => {
      writeFileSync(join(handle.runDirectory, `state-${seen.length}`), '');
      return seen.shift() ?? stopped;
    };
    expect(await awaitReady(handle, next, 600_000)).toBe('ready');
  });

  it('is over when the machine has ended, also before its folder could be watched', async () => {
    expect(await awaitReady(machine(true, '/nowhere/at/all'), () => stopped, 600_000)).toBe('ended');
  });

  it('has its time', async () => {
    expect(await awaitReady(machine(true), () => running, 1)).toBe('timeout');
  });
});
