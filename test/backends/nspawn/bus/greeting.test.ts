import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Link, openLink } from '../../../../src/backends/nspawn/bus/link.ts';

/** METHOD_RETURN to message 1 without a body, little endian (D-Bus Specification, Message Format). */
const answerToHello = Buffer.from([
  ...[0x6c, 2, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0],
  ...[5, 1, 0x75, 0, 1, 0, 0, 0],
]);

let folder: string;
let server: Server;
let link: Link;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tsmachine-greeting-'));
  server = createServer().listen(join(folder, 'bus'));
  await once(server, 'listening');
});

afterEach(() => {
  link.close();
  server.close();
  rmSync(folder, { recursive: true });
});

/** The bus's end of a connection that is made, and what came over it first. */
async function connection(): Promise<{ readonly bus: Socket; readonly said: string }> {
  link = openLink(join(folder, 'bus'));
  const [bus] = await once(server, 'connection');
  const [said] = await once(bus, 'data');
  return { bus, said: said.toString('latin1') };
}

const lossOf = (one: Link) => new Promise<Error>((resolve) => one.onLost(resolve));

describe('the greeting of a bus', () => {
  it('says who we are and begins, with nothing waited for', async () => {
    const { said } = await connection();
    const uid = Buffer.from(String(process.getuid?.())).toString('hex');
    expect(said).toMatch(new RegExp(`^\\0AUTH EXTERNAL ${uid}\r\nBEGIN\r\n`));
  });

  it('is answered in whatever pieces, and by messages right behind', async () => {
    const { bus } = await connection();
    const call = { destination: 'a.b', path: '/', interface: 'a.b', member: 'C' };
    const answered = link.call(call, Number.POSITIVE_INFINITY);
    const toCall = Buffer.from(answerToHello);
    toCall[20] = 2;
    const whole = Buffer.concat([Buffer.from('OK 00ff\r\n'), answerToHello, toCall]);
    for (const piece of [whole.subarray(0, 4), whole.subarray(4, 20), whole.subarray(20)]) {
      await new Promise<void>((written) => bus.write(piece, () => written()));
      await new Promise(setImmediate);
    }
    expect(await answered).toEqual([]);
  });

  it('that is refused ends the connection, and says how', async () => {
    const { bus } = await connection();
    bus.write('REJECTED EXTERNAL\r\n');
    expect(await lossOf(link)).toMatchObject({
      message: 'the bus does not let us in: REJECTED EXTERNAL',
      errno: 'EACCES',
    });
  });

  it('that never ends is not read for ever', async () => {
    const { bus } = await connection();
    bus.write('x'.repeat(2000));
    expect((await lossOf(link)).message).toContain('the bus does not let us in: xxx');
  });
});
