import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';
import { compileAttack, plant, type Run } from './attack.ts';

const host = withRoot();
/** Below a folder that everybody may enter: what keeps others out must be ours. */
const root = join(host.root, 'open', 'store');
const env = { TSMACHINE_ROOT: root, TSMACHINE_CGROUP_PARENT: host.cgroupParent };
const run: Run = (args, input = new Uint8Array()) => runCli(args, { env, input });
const name = 'machine';

beforeAll(async () => {
  chmodSync(host.root, 0o755);
  mkdirSync(join(host.root, 'open'), { mode: 0o755 });
  expect(await run(['create', name, '-t', 'busybox', '--start'])).toMatchObject({ code: 0 });
  await plant(run, name, 'effective');
});
afterAll(async () => {
  await run(['destroy', '--force', '--now', name]);
});

describe('the store', () => {
  it('is closed to all other users of the host', () => {
    for (const folder of [
      root,
      join(root, 'run'),
      join(root, 'machines'),
      join(root, 'machines', name),
      join(root, 'layers'),
    ]) {
      expect(`${folder} ${(statSync(folder).mode & 0o7777).toString(8)}`).toBe(`${folder} 700`);
    }
    const sockets = readdirSync(join(root, 'run', name)).filter((file) =>
      lstatSync(join(root, 'run', name, file)).isSocket(),
    );
    expect(sockets).not.toEqual([]);
  });

  it('lets no user of the host run a set-user-id program that a machine made', () => {
    const program = join(root, 'machines', name, 'storage', 'upper', 'attack-effective');
    // On disk the ids are the machine's own, so for the host this is a program of root: only the closed folder is between.
    expect(statSync(program)).toMatchObject({ uid: 0, mode: 0o104755 });
    const asNobody = (path: string) =>
      execFileSync(path, { uid: 65534, gid: 65534, encoding: 'utf8', stdio: 'pipe' });
    expect(asNobody(worldReadableCopy())).toContain('effective 65534');
    expect(() => asNobody(program)).toThrow(/EACCES/);
  });

  it('shows processes of the machine as users of its own range, root included', async () => {
    const { stdout } = await run(['list', '--json']);
    const { pid } = JSON.parse(stdout).machines[0];
    expect(statSync(`/proc/${pid}`).uid).toBeGreaterThanOrEqual(65536);
  });
});

/** Shows that it is not the program itself that others cannot run. */
function worldReadableCopy(): string {
  const copy = join(host.root, 'open', 'effective');
  execFileSync('install', ['-m', '0755', compileAttack('effective'), copy]);
  return copy;
}
