/** SIGTERM to a monitor, as the monitor takes it: the commands that it runs then, and what it does when they fail. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MachineHandle } from '../../src/backends/backend.ts';
import { runMark } from '../setup/test-run.ts';
import { createNativeHost, type NativeHost, untilEnd } from './native-machine.ts';

let folder: string;
let host: NativeHost | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), `${runMark()}-`));
});
afterEach(async () => {
  await host?.remove();
  rmSync(folder, { recursive: true });
});

async function running(onExit: readonly string[], onTerminate: readonly string[]): Promise<MachineHandle> {
  host = createNativeHost(onExit, onTerminate);
  const machine = await host.create('ending');
  await host.backend.start(machine);
  return machine;
}

const sh = (script: string) => ['/bin/sh', '-c', script, 'sh'];

function terminateMonitor(machine: MachineHandle): void {
  const status = host?.backend.status(machine);
  if (status === undefined || !('monitorPid' in status)) throw new Error('there is no monitor');
  process.kill(status.monitorPid, 'SIGTERM');
}

const backend = () => host?.backend as NativeHost['backend'];

describe('a monitor that gets SIGTERM', () => {
  it('kills the machine when the command that should bring it down fails', async () => {
    const machine = await running(['/bin/true'], ['/bin/false']);
    terminateMonitor(machine);
    expect(await untilEnd(backend(), machine)).toMatchObject({ reason: 'signaled', signal: 9 });
  });

  it('leaves a machine alone that the command says goes down', async () => {
    const done = join(folder, 'done');
    const machine = await running(['/bin/true'], sh(`touch ${done}`));
    terminateMonitor(machine);
    await expect.poll(() => existsSync(done)).toBe(true);
    expect((await host?.run(machine, 'true'))?.exitCode).toBe(0);
  });

  it('asks on-exit anew, as for the last time, if the signal comes while it decides on a reboot', async () => {
    const asked = join(folder, 'asked');
    const goOn = join(folder, 'go-on');
    // The first one holds its answer, to start again, back.
    const onExit = sh(`echo "$@" >>${asked}; [ "$1" ] || until [ -e ${goOn} ]; do sleep 0.05; done; exit 10`);
    const machine = await running(onExit, ['/bin/true']);
    await backend().signal(machine, 'SIGTERM'); // busybox takes it for the wish to reboot
    await expect.poll(() => existsSync(asked)).toBe(true);
    terminateMonitor(machine);
    const ended = untilEnd(backend(), machine);
    writeFileSync(goOn, '');
    expect(await ended).toMatchObject({ reason: 'reboot' });
    expect(readFileSync(asked, 'utf8')).toBe('\n--final\n');
  });
});
