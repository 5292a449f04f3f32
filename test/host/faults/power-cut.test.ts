/** A power cut right after a command said that it is done, or was in the middle of it: what the disk holds then is a whole store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crashPoints, type SteppedCommand } from '../../../src/machines/store/crash-points.ts';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { withRoot } from '../../setup/with-root.ts';
import { createDisk, type Disk } from './disk.ts';
import { destroyAll, elsewhere, namesIn } from './elsewhere.ts';
import { expectConsistentStore, expectUsable } from './store-state.ts';

const host = withRoot();
const at = (root: string) => inThisProcess(elsewhere(host, root));

let disk: Disk;
beforeEach(() => {
  disk = createDisk();
});
afterEach(async () => {
  await destroyAll(at(disk.root));
  disk.remove();
});

describe('after a power cut', () => {
  it('a machine that was created is there, and boots', async () => {
    await at(disk.root).done(['create', 'web', '-t', 'busybox']);
    await disk.afterPowerCut(async (root) => {
      const there = at(root);
      await there.done(['start', 'web']);
      expect(await there.done(['exec', 'web', '--', 'cat', '/etc/hostname'])).toBe('web\n');
      await there.done(['kill', 'web']);
      // The note of the create may have been found, and is taken away by the next command.
      expectConsistentStore(there);
    });
  });

  it('a setting that was set is set', async () => {
    await at(disk.root).done(['create', 'web', '-t', 'busybox']);
    await at(disk.root).done(['set', 'web', 'hostname=other']);
    await disk.afterPowerCut(async (root) => {
      expect(await at(root).done(['config', 'web', 'hostname'])).toMatch(/other/);
      await at(root).done(['start', 'web']);
      expect(await at(root).done(['exec', 'web', '--', 'hostname'])).toBe('other\n');
      await at(root).done(['kill', 'web']);
    });
  });

  it('a machine that was renamed has its new name alone', async () => {
    await at(disk.root).done(['create', 'web', '-t', 'busybox']);
    await at(disk.root).done(['rename', 'web', 'site']);
    await disk.afterPowerCut(async (root) => {
      expect(await namesIn(at(root))).toEqual(['site']);
      expectConsistentStore(at(root));
      await expectUsable(at(root), 'site');
    });
  });

  it('a machine that was destroyed is in the trash', async () => {
    await at(disk.root).done(['create', 'web', '-t', 'busybox']);
    await at(disk.root).done(['destroy', 'web']);
    await disk.afterPowerCut(async (root) => {
      expect(await namesIn(at(root))).toEqual([]);
      expectConsistentStore(at(root));
    });
  });

  it('of a machine that ran it is known that it does not', async () => {
    await at(disk.root).done(['create', 'web', '-t', 'busybox', '--start']);
    await disk.afterPowerCut(async (root) => {
      // Before the cut it ran; here, where nobody cut the power, it does so still.
      await at(disk.root).done(['kill', 'web']);
      await expectUsable(at(root), 'web');
    });
  });
});

/** What a command does on the way from `before`, and the names that may be found after it. */
const interrupted: readonly {
  readonly command: SteppedCommand;
  readonly before: readonly (readonly string[])[];
  readonly args: readonly string[];
  readonly found: readonly (readonly string[])[];
}[] = [
  { command: 'create', before: [], args: ['create', 'web', '-t', 'busybox'], found: [[], ['web']] },
  {
    command: 'rename',
    before: [['create', 'web', '-t', 'busybox']],
    args: ['rename', 'web', 'site'],
    found: [['web'], ['site']],
  },
  {
    command: 'destroy',
    before: [['create', 'web', '-t', 'busybox']],
    args: ['destroy', 'web'],
    found: [[], ['web']],
  },
];

describe.each(interrupted)('a power cut in the middle of $command', ({ command, before, args, found }) => {
  it('at any step leaves what the next command makes whole', async () => {
    for (let point = 1; point <= crashPoints[command]; point += 1) {
      const here = at(disk.root);
      for (const words of before) await here.done(words);
      await here.cli(args, { env: { TSMACHINE_CRASH_AT: `${command}:${point}` } });
      await disk.afterPowerCut(async (root) => {
        const there = at(root);
        // The next command on any machine puts right what was left.
        await there.done(['create', 'other', '-t', 'busybox']);
        const left = (await namesIn(there)).filter((name) => name !== 'other');
        expect(found, `step ${point}`).toContainEqual(left);
        for (const name of left) await expectUsable(there, name);
        expectConsistentStore(there, `step ${point}`);
      });
      await destroyAll(here);
    }
  });
});
