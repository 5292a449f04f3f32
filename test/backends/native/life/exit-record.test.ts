import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readExitRecord, writeExitRecord } from '../../../../src/backends/native/life/exit-record.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());

describe('the exit record', () => {
  it('is read as it was written', async () => {
    const record = { reason: 'monitor-lost', code: 0, signal: 0, endedAt: 1700000000000 } as const;
    writeExitRecord(fixture.machine.directory, record);
    expect(readExitRecord(fixture.machine.directory)).toEqual(record);
  });

  it.each([
    ['cut off', 'ended\x004\0exited\0'],
    ['of an unknown reason', 'ended\x004\0bored\x000\x000\x001\0end\x000\0'],
    ['without numbers', 'ended\x004\0exited\0x\0y\0z\0end\x000\0'],
    ['empty', ''],
  ])('is unknown when the file is %s', (_, text) => {
    fixture.write('machines/web/exit', text);
    expect(readExitRecord(fixture.machine.directory)).toBeUndefined();
  });
});
