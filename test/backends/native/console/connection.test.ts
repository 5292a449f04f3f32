import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConsoleEvent } from '../../../../src/backends/backend.ts';
import { attachConsole } from '../../../../src/backends/native/console/connection.ts';
import { encodeFrame } from '../../../../src/backends/native/console/frames.ts';
import { encodeRecords } from '../../../../src/backends/native/records.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';
import { type FakeMonitor, listenAsMonitor } from './fake-monitor.ts';

let fixture: MachineFixture;
let monitor: FakeMonitor | undefined;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(async () => {
  await monitor?.close();
  monitor = undefined;
  fixture.remove();
});

async function attach() {
  monitor = await listenAsMonitor(fixture.machine.runDirectory);
  return attachConsole(fixture.machine, { input: true, replayBytes: 100 });
}

function count(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

describe('a console connection', () => {
  it('yields output, gaps, reboots and the end in order, and then ends', async () => {
    const connection = await attach();
    const socket = await (monitor as FakeMonitor).greeted();
    const end = encodeRecords([{ name: 'ended', arguments: ['halt', '0', '2', '1700000000000'] }]);
    socket.end(
      Buffer.concat([
        encodeFrame('d', Buffer.from('login: ')),
        encodeFrame('g', count(12n)),
        encodeFrame('b'),
        encodeFrame('d', Buffer.from('again')),
        encodeFrame('x', end),
      ]),
    );
    const events: ConsoleEvent[] = [];
    for await (const event of connection.output) events.push(event);
    expect(events).toEqual([
      { type: 'data', bytes: Buffer.from('login: ') },
      { type: 'gap', lostBytes: 12 },
      { type: 'reboot' },
      { type: 'data', bytes: Buffer.from('again') },
      { type: 'end', exit: { reason: 'halt', code: 0, signal: 2, endedAt: 1700000000000 } },
    ]);
  });

  it('makes the monitor wait while nobody reads, and loses nothing', async () => {
    const connection = await attach();
    const socket = await (monitor as FakeMonitor).greeted();
    const block = Buffer.alloc(65536, 'x');
    let sent = 0;
    // Until the kernel and both ends hold all they can: a reader that buffers without bound would never say no.
    while (sent < 64 * 1024 * 1024) {
      sent += block.length;
      if (!socket.write(encodeFrame('d', block)) && socket.writableLength > 1024 * 1024) break;
      await new Promise(setImmediate);
    }
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    socket.end();
    let read = 0;
    for await (const event of connection.output) {
      if (event.type === 'data') read += event.bytes.length;
    }
    expect(read).toBe(sent);
  });

  it('sends input and window sizes', async () => {
    const connection = await attach();
    await connection.write(Buffer.from('root\n'));
    connection.resize(120, 40);
    await expect.poll(() => monitor?.received.map(({ type }) => type)).toEqual(['h', 'd', 'r']);
    expect(monitor?.received[1]?.payload.toString()).toBe('root\n');
    connection.close();
  });

  it('ends its output on close, and refuses input afterwards', async () => {
    const connection = await attach();
    connection.close();
    const events: ConsoleEvent[] = [];
    for await (const event of connection.output) events.push(event);
    expect(events).toEqual([]);
    await expect(connection.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'not-running' });
  });

  it('says not-running where no monitor listens', async () => {
    await expect(attachConsole(fixture.machine, { input: true, replayBytes: 0 })).rejects.toMatchObject({
      code: 'not-running',
      hint: 'Start it: tsmachine start web',
      path: undefined,
    });
  });

  it('reaches a socket whose path is longer than a socket address', async () => {
    const runDirectory = `${fixture.root}/run/${'deep/'.repeat(30)}web`;
    const machine = { ...fixture.machine, runDirectory };
    monitor = await listenAsMonitor(runDirectory);
    const connection = await attachConsole(machine, { input: false, replayBytes: 0 });
    connection.close();
    expect(monitor.received[0]?.type).toBe('h');
  });
});
