/** A full disk, and a config that is corrupt or cut short. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { expectConsistentStore, expectUsable, listed, stateOf } from './store-state.ts';

const host = withRoot();

afterEach(async () => {
  for (const { name } of await listed(host)) await host.done(['destroy', name, '--force', '--now']);
});

describe('a damaged config', () => {
  const config = () => join(host.root, 'machines', 'web', 'config.json');

  it.each([
    ['cut short', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['of another version', (text: string) => text.replace(/"version": *1/, '"version": 999')],
    ['with an unknown key', (text: string) => text.replace('{', '{"surprise": true,')],
    ['binary', () => '\u0000\u0001\u0002'],
  ])(
    '%s: list shows it as an error, start says where and what to do, and it can be put right',
    async (_, damage) => {
      await host.done(['create', 'web', '-t', 'busybox']);
      await host.done(['create', 'other', '-t', 'busybox']);
      const whole = readFileSync(config(), 'utf8');
      writeFileSync(config(), damage(whole));
      expect(await stateOf(host, 'web')).toBe('error');
      expect(await stateOf(host, 'other')).toBe('stopped');
      const start = await host.cli(['start', 'web']);
      expect(start.code).toBe(1);
      expect(start.stderr).toMatch(/config/);
      expect(start.stderr).toMatch(/hint:/);
      writeFileSync(config(), whole);
      await expectUsable(host, 'web');
    },
  );

  it('does not stand in the way of destroy', async () => {
    await host.done(['create', 'web', '-t', 'busybox']);
    writeFileSync(config(), '{');
    await host.done(['destroy', 'web', '--force', '--now']);
    expect(await stateOf(host, 'web')).toBe('absent');
    expectConsistentStore(host);
  });
});

describe('a full disk', () => {
  const small = join(host.root, 'small');
  const env = { TSMACHINE_ROOT: small };
  const filler = join(small, 'filler');

  beforeAll(() => {
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=700', 'tmpfs', small]);
  });
  afterAll(async () => {
    rmSync(filler, { force: true });
    await host.cli(['destroy', 'web', '--force', '--now'], { env });
    execFileSync('umount', [small]);
  });

  function fill(): void {
    const { bavail, bsize } = statfsSync(small);
    writeFileSync(filler, Buffer.alloc(Number(bavail) * Number(bsize)));
  }

  it('fails create clearly, leaves nothing of it, and create works when there is room again', async () => {
    fill();
    const failed = await host.cli(['create', 'web', '-t', 'busybox'], { env });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/ENOSPC|no space|full/i);
    expect(failed.stderr).toContain(small);
    const doctor = await host.cli(['doctor', '--quiet'], { env });
    expect(doctor).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/problem +root folder .* is full/),
    });
    rmSync(filler);
    await host.done(['create', 'web', '-t', 'busybox'], { env });
  });

  it('does not keep a machine from being stopped, listed and started again when there is room', async () => {
    await host.done(['start', 'web', '--if-needed'], { env });
    fill();
    await host.done(['list'], { env });
    await host.done(['kill', 'web'], { env });
    const full = await host.cli(['start', 'web'], { env });
    if (full.code !== 0) expect(full.stderr).toMatch(/ENOSPC|no space|full/i);
    rmSync(filler);
    await host.done(['start', 'web', '--if-needed'], { env });
    expect(await host.done(['exec', 'web', '--', 'echo', 'alive'], { env })).toBe('alive\n');
    await host.done(['kill', 'web'], { env });
  });
});
