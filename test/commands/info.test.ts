import { describe, expect, it } from 'vitest';
import { MachineError } from '../../src/machines/errors.ts';
import type { MachineDetails } from '../../src/machines/machines.ts';
import { run, snapshot, summary } from './stub-machines.ts';

const config = { storage: { driver: 'btrfs', layers: [] } } as unknown as MachineDetails['config'];
const details = (snapshots: number): MachineDetails => ({
  ...summary('web', { snapshots }),
  config,
  lastExit: null,
  problem: null,
  inspection: null,
});
const machines = {
  info: () => details(2),
  settings: () => ({}),
  diskUsage: async () => ({ ownBytes: 2048, sharedBytes: 1024 }),
  snapshots: () => [snapshot('fresh', { current: true }), snapshot('later', { parent: 'fresh' })],
};

describe('info', () => {
  it('tells where the files are kept, what they take, and what they go on from', async () => {
    const { stdout } = await run(['info', 'web'], { machines });
    expect(stdout).toContain(
      'Files\n  storage       btrfs\n  disk          2.0 KiB own, 1.0 KiB shared\n  snapshots     2\n  goes on from  fresh\n',
    );
    const json = JSON.parse((await run(['info', 'web', '--json'], { machines })).stdout);
    expect(json.machine).toMatchObject({
      disk: { ownBytes: 2048, sharedBytes: 1024 },
      snapshots: 2,
      currentSnapshot: 'fresh',
    });
  });

  it('tells the rest where the disk cannot be asked', async () => {
    const diskUsage = async () => {
      throw new MachineError('failed', 'I/O error');
    };
    const without = { ...machines, info: () => details(0), diskUsage };
    const { stdout } = await run(['info', 'web'], { machines: without });
    expect(stdout).toContain('Files\n  storage    btrfs\n  snapshots  0\n');
    const json = JSON.parse((await run(['info', 'web', '--json'], { machines: without })).stdout);
    expect(json.machine).toMatchObject({ disk: null, currentSnapshot: null });
  });
});
