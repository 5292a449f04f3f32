import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withMachine } from '../../fakes/created-machines.ts';
import { cloneRequest, readFileOf, snapshotRequest, work, writeFileOf } from '../../fakes/machine-files.ts';
import type { MachinesFixture } from '../../fakes/machines-fixture.ts';

const deeds: readonly [string, (fixture: MachinesFixture) => Promise<unknown>][] = [
  ['snapshot', ({ machines }) => machines.snapshot('web', snapshotRequest())],
  ['clone', ({ machines }) => machines.clone('web', 'trial', cloneRequest())],
  [
    'snapshot and its removal',
    async ({ machines }) => {
      await machines.snapshot('web', snapshotRequest());
      await machines.removeSnapshots('web', ['snap1'], { now: true });
    },
  ],
  [
    'restore',
    async ({ machines }) => {
      await machines.snapshot('web', snapshotRequest());
      await machines.restore('web', 'snap1', work);
    },
  ],
];

describe('the version before of a config', () => {
  it.each(deeds)('leads to the files of now after a %s', async (_, deed) => {
    const fixture = await withMachine();
    writeFileOf(fixture, 'web', 'motd', 'of now');
    await deed(fixture);
    const folder = fixture.paths.machine('web');
    copyFileSync(join(folder, 'config.json.previous'), join(folder, 'config.json'));
    expect(readFileOf(fixture, 'web', 'motd')).toBe('of now');
  });
});
