import { describe, expect, it } from 'vitest';
import type { TransferRequest } from '../../../../src/backends/files.ts';
import { transferRecords } from '../../../../src/backends/native/files/transfer-records.ts';
import { machineHandle } from '../machine-spec.ts';

const request: TransferRequest = {
  sources: ['/a', '/b/.'],
  target: '/c',
  into: true,
  parents: true,
  owner: { uid: 1, gid: 2 },
  setId: true,
};
const lines = (...args: Parameters<typeof transferRecords>) =>
  transferRecords(...args).map(({ name, arguments: words }) => [name, ...words].join(' '));

describe('the records of a transfer', () => {
  it('name the init of a machine that runs, and the numbers that it has', () => {
    expect(lines('push', machineHandle(), { pid: 5, start: 6 }, request)).toEqual([
      'direction push',
      'init 5 6',
      'sources /a /b/.',
      'target /c',
      'owner 1 2',
      'ids 65536',
      'choice into parents set-id',
    ]);
  });

  it('name the files of one that is stopped; on the host all numbers are fine', () => {
    const plain = { ...request, owner: 'keep' as const, into: false, parents: false, setId: false };
    const records = lines('pull', machineHandle(), undefined, plain);
    expect(records[1]).toMatch(/^overlay \S+\/storage \//);
    expect(records.slice(2)).toEqual(['sources /a /b/.', 'target /c', 'owner keep']);
  });
});
