import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { followConsoleLog, readConsoleLog } from '../../../../src/backends/native/console/log.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());

const CAPACITY = 16;
let total = 0;

function begin(): void {
  total = 0;
  const file = Buffer.alloc(64 + CAPACITY);
  file.write('TSMRING1', 0, 'latin1');
  file.writeBigUInt64LE(BigInt(CAPACITY), 8);
  fixture.write('machines/web/console.log', file);
}

/** As the monitor does: data first, then the total, in place. */
function say(text: string): void {
  const fd = openSync(`${fixture.machine.directory}/console.log`, 'r+');
  for (const byte of Buffer.from(text)) writeSync(fd, Buffer.from([byte]), 0, 1, 64 + (total++ % CAPACITY));
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(total));
  writeSync(fd, count, 0, 8, 16);
  closeSync(fd);
}

describe('readConsoleLog', () => {
  it('gives what was said, in order', () => {
    begin();
    say('hello');
    expect(readConsoleLog(fixture.machine).toString()).toBe('hello');
  });

  it('gives the newest bytes once the ring has wrapped', () => {
    begin();
    say('0123456789');
    say('abcdefghij');
    expect(readConsoleLog(fixture.machine).toString()).toBe('456789abcdefghij');
  });

  it('gives nothing for a log that is missing or is none', () => {
    expect(readConsoleLog(fixture.machine).length).toBe(0);
    fixture.write('machines/web/console.log', 'not a ring');
    expect(readConsoleLog(fixture.machine).length).toBe(0);
  });
});

describe('followConsoleLog', () => {
  async function follow(wanted: number, during: () => Promise<void> | void): Promise<string> {
    const stop = new AbortController();
    let text = '';
    const reading = (async () => {
      for await (const bytes of followConsoleLog(fixture.machine, stop.signal)) {
        text += bytes.toString();
        if (text.length >= wanted) stop.abort();
      }
    })();
    await new Promise(setImmediate);
    await during();
    await reading;
    return text;
  }

  it('gives new output only, across the wrap', async () => {
    begin();
    say('old stuff');
    const text = await follow(20, async () => {
      for (const word of ['first ', 'second ', 'third 7']) {
        say(word);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    expect(text).toBe('first second third 7');
  });

  it('waits for a log that does not exist yet', async () => {
    const text = await follow(5, () => {
      begin();
      say('hello');
    });
    expect(text).toBe('hello');
  });

  it('begins again with a log that was begun anew', async () => {
    begin();
    say('a long story');
    const text = await follow(3, () => {
      begin();
      say('new');
    });
    expect(text).toBe('new');
  });

  it('ends when it is told to, with nothing said', async () => {
    begin();
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of followConsoleLog(fixture.machine, stop.signal))
        throw new Error('nothing was said');
    })();
    appendFileSync(`${fixture.machine.directory}/other`, 'a change of another file');
    stop.abort();
    await reading;
  });
});
