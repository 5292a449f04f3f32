import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DecideAfterExit } from '../../../../src/backends/backend.ts';
import { encodeFrame } from '../../../../src/backends/native/console/frames.ts';
import { collect } from '../../../../src/backends/native/life/collect.ts';
import { watchEnd } from '../../../../src/backends/native/life/end.ts';
import { readExitRecord } from '../../../../src/backends/native/life/exit-record.ts';
import { sendSignal } from '../../../../src/backends/native/life/send-signal.ts';
import { encodeRecords } from '../../../../src/backends/native/records.ts';
import { type FakeMonitor, listenAsMonitor } from '../console/fake-monitor.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

const endedAt = (at: number) =>
  encodeRecords([{ name: 'ended', arguments: ['exited', '3', '0', String(at)] }]);
const ENDED = endedAt(1700000000000);

let fixture: MachineFixture;
let monitor: FakeMonitor | undefined;
beforeEach(() => {
  fixture = createMachineFixture();
  fixture.writeState(['phase', 'running'], ['monitor', 50, 1000], ['init', 60, 1001], ['started-at', 1]);
  fixture.addProcess(50, 1000);
  fixture.addProcess(60, 1001);
});
afterEach(async () => {
  await monitor?.close();
  monitor = undefined;
  fixture.remove();
});

const removeRunDirectory = () => rmSync(fixture.machine.runDirectory, { recursive: true });

describe('watchEnd', () => {
  const watch = (decide?: DecideAfterExit) => watchEnd(fixture.machine, fixture.host, decide);
  const waitForEnd = async (timeoutMs: number) => (await watch()).ended(timeoutMs);

  it('resolves when the machine is torn down, not when it only says that it ends', async () => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory);
    let resolved = false;
    const waiting = waitForEnd(60_000).then((exit) => {
      resolved = true;
      return exit;
    });
    (await monitor.greeted()).write(encodeFrame('x', ENDED));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(resolved).toBe(false);
    removeRunDirectory();
    await monitor.close();
    expect(await waiting).toEqual({ reason: 'exited', code: 3, signal: 0, endedAt: 1700000000000 });
  });

  it('resolves when the monitor vanishes without a word', async () => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory);
    const waiting = waitForEnd(60_000);
    await monitor.greeted();
    fixture.addProcess(50, 1000, 'Z');
    await monitor.close();
    expect(await waiting).toMatchObject({ reason: 'monitor-lost' });
  });

  it('resolves though the monitor has already closed its socket', async () => {
    const waiting = waitForEnd(60_000);
    fixture.write('machines/web/exit', ENDED);
    removeRunDirectory();
    expect(await waiting).toMatchObject({ reason: 'exited', code: 3 });
  });

  it('gives undefined when the time is over and the machine lives', async () => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory);
    expect(await waitForEnd(30)).toBeUndefined();
  });

  it('tells of the run that begins after a reboot, once', async () => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory);
    let begun = 0;
    const ended = (await watch()).ended(60_000, async () => {
      begun += 1;
    });
    const socket = await monitor.greeted();
    fixture.writeState(['phase', 'running'], ['monitor', 50, 1000], ['init', 70, 1002], ['started-at', 2]);
    socket.write(encodeFrame('b'));
    await expect.poll(() => begun).toBe(1);
    socket.write(encodeFrame('x', ENDED));
    removeRunDirectory();
    await monitor.close();
    expect(await ended).toMatchObject({ reason: 'exited' });
    expect(begun).toBe(1);
  });

  it('is given up when the watch is closed', async () => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory);
    const closed = await watch();
    const ended = closed.ended(60_000);
    closed.close();
    expect(await ended).toBeUndefined();
  });

  it('gives the last exit of a machine that does not run', async () => {
    removeRunDirectory();
    fixture.write('machines/web/exit', ENDED);
    expect(await waitForEnd(60_000)).toMatchObject({ reason: 'exited' });
  });
});

describe('a signal by the watch', () => {
  const watchOf = async (errno: number | undefined) => {
    const answer = Buffer.alloc(4);
    answer.writeUInt32LE(errno ?? 0);
    monitor = await listenAsMonitor(fixture.machine.runDirectory, (frame, socket) => {
      if (frame.type === 's') errno === undefined ? socket.destroy() : socket.write(encodeFrame('o', answer));
    });
    return watchEnd(fixture.machine, fixture.host);
  };

  it('goes to init by the connection that there is', async () => {
    const watch = await watchOf(0);
    await watch.signal('SIGRTMIN+3');
    expect(monitor?.received.find(({ type }) => type === 's')?.payload.readUInt32LE(0)).toBe(37);
    expect(monitor?.sockets).toHaveLength(1);
    watch.close();
  });

  it('fails with the kernel’s word, and as not running when the monitor ends instead', async () => {
    const refused = await watchOf(1);
    await expect(refused.signal('SIGTERM')).rejects.toMatchObject({ code: 'failed', errno: 'EPERM' });
    refused.close();
    await monitor?.close();
    rmSync(join(fixture.machine.runDirectory, 'console.sock'), { force: true });
    const ended = await watchOf(undefined);
    await expect(ended.signal('SIGTERM')).rejects.toMatchObject({ code: 'not-running' });
  });

  it('is sent anew, alone, when the monitor did not understand what else was said', async () => {
    const answer = Buffer.alloc(4);
    monitor = await listenAsMonitor(fixture.machine.runDirectory, (frame, socket) => {
      if (frame.type === 't') socket.destroy();
      if (frame.type === 's') socket.write(encodeFrame('o', answer));
    });
    const watch = await watchEnd(fixture.machine, fixture.host, () => 'stay-down');
    await watch.signal('SIGTERM');
    expect(monitor.sockets).toHaveLength(2);
    watch.close();
  });

  it('does not reach an init that has ended, or is not born yet: not running', async () => {
    const ended = await watchOf(3);
    await expect(ended.signal('SIGTERM')).rejects.toMatchObject({ code: 'not-running' });
    fixture.writeState(['phase', 'stopping'], ['monitor', 50, 1000], ['started-at', 1]);
    await expect(ended.signal('SIGTERM')).rejects.toMatchObject({ code: 'not-running' });
    ended.close();
  });

  it('is not waited for when nobody reads in the monitor', async () => {
    const listener = createServer().listen(join(fixture.machine.runDirectory, 'console.sock'));
    const watch = await watchEnd(fixture.machine, fixture.host);
    await expect(watch.signal('SIGTERM')).rejects.toMatchObject({ code: 'not-running' });
    watch.close();
    listener.close();
  });
});

describe('watchEnd with a decision', () => {
  const frames = (type: string) => monitor?.received.filter((frame) => frame.type === type) ?? [];
  const askedBy = async (decide: DecideAfterExit, at = Date.now()) => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory, (frame, socket) => {
      if (frame.type === 't' && frame.payload[0] === 1) socket.write(encodeFrame('t', endedAt(at)));
      else if (frame.type === 't' || frame.type === 'a') socket.end();
    });
    const watch = await watchEnd(fixture.machine, fixture.host, decide);
    await monitor.disconnected();
    watch.close();
  };

  it.each([
    ['start-again', 1],
    ['stay-down', 0],
  ] as const)('answers the monitor: %s', async (decision, code) => {
    const records: unknown[] = [];
    await askedBy((exit) => {
      records.push(exit?.code);
      return decision;
    });
    expect(records).toEqual([3]);
    expect(frames('a').map(({ payload }) => payload[0])).toEqual([code]);
  });

  it('goes away without an answer when the decision fails, so that on-exit is asked', async () => {
    await askedBy(() => {
      throw new Error('the disk is full');
    });
    expect(frames('a')).toEqual([]);
  });

  it('gives the part back when it is asked about an end of long ago: the monitor has asked another one', async () => {
    const records: unknown[] = [];
    await askedBy((exit) => {
      records.push(exit);
      return 'stay-down';
    }, Date.now() - 60_000);
    expect(records).toEqual([]);
    expect(frames('a')).toEqual([]);
    expect(frames('t').map(({ payload }) => payload[0])).toEqual([1, 0]);
  });

  it('does not take the part of who only watches', async () => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory);
    (await watchEnd(fixture.machine, fixture.host)).close();
    expect(frames('t')).toEqual([]);
  });
});

describe('sendSignal', () => {
  const answering = (errno: number) =>
    listenAsMonitor(fixture.machine.runDirectory, (frame, socket) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(errno);
      if (frame.type === 's') socket.write(encodeFrame('o', bytes));
    });

  it('sends the number through the monitor and waits for its answer', async () => {
    monitor = await answering(0);
    await sendSignal(fixture.machine, 'SIGRTMIN+3');
    expect(monitor.received.find(({ type }) => type === 's')?.payload.readUInt32LE(0)).toBe(37);
  });

  it('gives the kernel’s word when it was refused', async () => {
    monitor = await answering(3);
    await expect(sendSignal(fixture.machine, 'SIGTERM')).rejects.toMatchObject({ errno: 'ESRCH' });
  });

  it('says not-running when the monitor ends instead of answering', async () => {
    monitor = await listenAsMonitor(fixture.machine.runDirectory, (frame, socket) => {
      if (frame.type === 's') socket.destroy();
    });
    await expect(sendSignal(fixture.machine, 'SIGTERM')).rejects.toMatchObject({ code: 'not-running' });
  });
});

describe('collect', () => {
  it('leaves a machine with a live monitor alone', async () => {
    await expect(collect(fixture.machine, fixture.host)).rejects.toMatchObject({ code: 'already-running' });
  });

  it('records a run that nobody saw ending, and removes its run directory', async () => {
    fixture.addProcess(50, 4444);
    await collect(fixture.machine, fixture.host);
    expect(readExitRecord(fixture.machine.directory)).toMatchObject({ reason: 'monitor-lost' });
    await collect(fixture.machine, fixture.host);
  });
});
