/** SIGKILL of export and import at each of their numbered steps. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints, type SteppedCommand } from '../../../src/machines/store/crash-points.ts';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore, expectUsable, stateOf } from './store-state.ts';

const host = inThisProcess(withRoot());
const whole = join(host.root, 'whole.tar.zst');
const file = join(host.root, 'killed.tar.gz');

beforeAll(async () => {
  await host.done(['create', 'web', '-t', 'busybox']);
  await host.done(['snapshot', 'web']);
  await host.done(['export', 'web', whole, '--snapshots']);
});
afterEach(async () => {
  if ((await stateOf(host, 'copy')) !== 'absent') await host.done(['destroy', 'copy', '--force', '--now']);
});

function pointsOf(command: SteppedCommand): readonly number[] {
  return Array.from({ length: crashPoints[command] }, (_, index) => index + 1);
}

async function crash(command: SteppedCommand, point: number, args: readonly string[]): Promise<void> {
  const result = await host.cli(args, { env: { TSMACHINE_CRASH_AT: `${command}:${point}` } });
  expect(result.killedBy, `${args.join(' ')} reaches step ${point}\n${result.stderr}`).toBe('SIGKILL');
}

const layers = () => readdirSync(join(host.root, 'layers')).length;

describe('export killed at any step', () => {
  it.each(pointsOf('export'))('step %i: the file is there whole or not at all', async (point) => {
    await crash('export', point, ['export', 'web', file, '--force']);
    const isWhole = point > 3;
    expect(existsSync(file)).toBe(isWhole);
    if (isWhole) await host.done(['import', file, 'copy']);
    else await host.done(['export', 'web', file]);
    expect(readdirSync(host.root).filter((name) => name.endsWith('.part'))).toEqual([]);
    expectConsistentStore(host);
    await host.done(['export', 'web', file, '--force']);
    await host.done(['import', file, 'after']);
    await host.done(['destroy', 'after', '--now']);
    rmSync(file);
  });
});

describe('import killed at any step', () => {
  it.each(pointsOf('import'))('step %i: the machine is there whole or not at all', async (point) => {
    const before = layers();
    await crash('import', point, ['import', whole, 'copy']);
    expect(await stateOf(host, 'copy')).toBe(point > 7 ? 'stopped' : 'absent');
    // A command on another machine tidies up.
    await host.done(['set', 'web', 'pids.max=100']);
    if (point <= 7) {
      expect(layers()).toBe(before);
      expectConsistentStore(host);
      await host.done(['import', whole, 'copy']);
    }
    await expectUsable(host, 'copy');
    await host.done(['restore', 'copy', 'snap1']);
    expectConsistentStore(host);
  });
});
