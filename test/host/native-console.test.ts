import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleConnection, ConsoleEvent, MachineHandle } from '../../src/backends/backend.ts';
import { createNativeHost, type NativeHost, untilEnd } from './native-machine.ts';

let host: NativeHost;
let machine: MachineHandle;
beforeAll(async () => {
  host = createNativeHost();
  machine = await host.create('console');
  await host.backend.start(machine);
});
afterAll(() => host.remove());

/** Reads until the text is there; then the connection is closed. */
async function readUntil(connection: ConsoleConnection, wanted: string | RegExp): Promise<string> {
  let text = '';
  for await (const event of connection.output) {
    if (event.type === 'data') text += event.bytes.toString('latin1');
    if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) break;
  }
  return text;
}

const attach = (replayBytes: number) => host.backend.attachConsole(machine, { input: true, replayBytes });

describe('the console', () => {
  it('replays what was said, takes input and gives the answer', async () => {
    const connection = await attach(Number.POSITIVE_INFINITY);
    await connection.write(Buffer.from('echo an$((40+2))swer\n'));
    const text = await readUntil(connection, 'an42swer');
    expect(text).toContain('booted');
  });

  it('serves several clients at once, each in full', async () => {
    const clients = await Promise.all([attach(0), attach(0), attach(0)]);
    const reading = clients.map((client) => readUntil(client, 'seen by 3'));
    await clients[0]?.write(Buffer.from('echo seen by $((1+2))\n'));
    for (const text of await Promise.all(reading)) expect(text).toContain('seen by 3');
  });

  it('has the size of the last window', async () => {
    const connection = await attach(0);
    connection.resize(123, 45);
    await connection.write(Buffer.from('stty size\n'));
    expect(await readUntil(connection, /45 123/)).toContain('45 123');
  });

  it('hands a slow reader every byte in order', async () => {
    const connection = await attach(0);
    await connection.write(Buffer.from('stty -onlcr; seq 1 20000; echo the-e""nd\n'));
    let text = '';
    const gaps: ConsoleEvent[] = [];
    for await (const event of connection.output) {
      if (event.type === 'gap') gaps.push(event);
      if (event.type !== 'data') continue;
      text += event.bytes.toString('latin1');
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (text.includes('the-end')) break;
    }
    expect(gaps).toEqual([]);
    const numbers = text.split(/\r?\n/).filter((line) => /^\d+$/.test(line));
    expect(numbers).toEqual(Array.from({ length: 20000 }, (_, index) => String(index + 1)));
  });

  it('is followed by its log, and the log outlives the machine', async () => {
    const stop = new AbortController();
    let followed = '';
    const following = (async () => {
      for await (const bytes of host.backend.followConsoleLog(machine, stop.signal)) {
        followed += bytes.toString('latin1');
        if (followed.includes('last words')) stop.abort();
      }
    })();
    const connection = await attach(0);
    await connection.write(Buffer.from('echo last w""ords\n'));
    await following;
    const end = (async () => {
      for await (const event of connection.output) if (event.type === 'end') return event.exit;
      return undefined;
    })();
    await host.backend.kill(machine);
    expect(await end).toMatchObject({ reason: 'signaled', signal: 9 });
    await untilEnd(host.backend, machine);
    expect((await host.backend.readConsoleLog(machine)).toString('latin1')).toContain('last words');
    await expect(attach(0)).rejects.toMatchObject({ code: 'not-running' });
  });
});
