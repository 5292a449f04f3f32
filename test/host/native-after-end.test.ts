/** Who decides what comes after a machine's end: one that watches and took that part, else the on-exit command. */
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EndWatch, MachineHandle } from '../../src/backends/backend.ts';
import { encodeHello, encodeTakeExit } from '../../src/backends/native/console/frames.ts';
import { runMark } from '../setup/test-run.ts';
import { createNativeHost, type NativeHost, untilEnd } from './native-machine.ts';

const onExitRan = join(tmpdir(), `${runMark()}-on-exit-ran`);

let host: NativeHost;
let machine: MachineHandle;
beforeAll(async () => {
  host = createNativeHost(['/usr/bin/touch', onExitRan]);
  machine = await host.create('ending');
});
beforeEach(async () => {
  rmSync(onExitRan, { force: true });
  await host.backend.start(machine);
});
afterAll(async () => {
  await host.remove();
  rmSync(onExitRan, { force: true });
});

async function killAndAwait(watch: EndWatch) {
  await host.backend.kill(machine);
  return watch.ended(10_000);
}

describe('after the end of a machine', () => {
  it('the watcher that took the part is asked, with how it ended, and on-exit is not run', async () => {
    const asked: unknown[] = [];
    const watch = await host.backend.watchEnd(machine, (exit) => {
      asked.push(exit?.reason);
      return 'stay-down';
    });
    expect(await killAndAwait(watch)).toMatchObject({ reason: 'signaled', signal: 9 });
    expect(asked).toEqual(['signaled']);
    expect(existsSync(onExitRan)).toBe(false);
  });

  it('the machine starts again when the watcher says so', async () => {
    const decisions = ['start-again', 'stay-down'] as const;
    let round = 0;
    const watch = await host.backend.watchEnd(machine, () => decisions[round++] ?? 'stay-down');
    await host.backend.kill(machine);
    await expect.poll(() => [round, host.backend.status(machine).state]).toEqual([1, 'running']);
    await killAndAwait(watch);
    expect(round).toBe(2);
    expect(existsSync(onExitRan)).toBe(false);
  });

  it('on-exit is run when the one that took the part is gone', async () => {
    const gone = await host.backend.watchEnd(machine, () => 'start-again');
    gone.close();
    await host.backend.kill(machine);
    expect(await untilEnd(host.backend, machine)).toMatchObject({ reason: 'signaled' });
    expect(existsSync(onExitRan)).toBe(true);
  });

  it('nobody who does not answer delays it for long, however many they are', async () => {
    const silent = await Promise.all(
      [1, 2, 3].map(async () => {
        const socket = createConnection(join(machine.runDirectory, 'console.sock'));
        socket.write(Buffer.concat([encodeHello(false, 0), encodeTakeExit(true)]));
        await once(socket, 'data');
        return socket;
      }),
    );
    const watch = await host.backend.watchEnd(machine);
    expect(await killAndAwait(watch)).toMatchObject({ reason: 'signaled' });
    expect(existsSync(onExitRan)).toBe(true);
    for (const socket of silent) socket.destroy();
  });

  it('on-exit is run when the one that was asked fails to decide', async () => {
    const watch = await host.backend.watchEnd(machine, () => {
      throw new Error('no idea');
    });
    expect(await killAndAwait(watch)).toMatchObject({ reason: 'signaled' });
    expect(existsSync(onExitRan)).toBe(true);
  });
});
