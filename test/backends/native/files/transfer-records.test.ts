import { describe, expect, it } from 'vitest';
import type { TransferRequest } from '../../../../src/backends/files.ts';
import { transferRecords } from '../../../../src/backends/native/files/transfer-records.ts';

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
    expect(lines('push', { init: { pid: 5, start: 6 } }, 65_536, request)).toEqual([
      'direction push',
      'init 5 6',
      'sources /a /b/.',
      'target /c',
      'owner 1 2',
      'ids 65536',
      'choice into parents set-id',
    ]);
  });

  const plain = { ...request, owner: 'keep' as const, into: false, parents: false, setId: false };

  it('name the files of one that is stopped; on the host all numbers are fine', () => {
    expect(lines('pull', { overlay: ['/storage', '/top', '/base'] }, 65_536, plain)).toEqual([
      'direction pull',
      'overlay /storage /top /base',
      'sources /a /b/.',
      'target /c',
      'owner keep',
    ]);
  });

  it('say what ids are on disk of a tree whose owners were shifted', () => {
    expect(lines('pull', { tree: '/tree' }, undefined, plain)[1]).toBe('tree /tree');
    expect(
      lines('pull', { tree: '/tree', shift: { base: 131_072, count: 65_536 } }, undefined, plain).slice(1, 3),
    ).toEqual(['tree /tree', 'shift 131072 65536']);
  });
});
