/** The unit that starts machines with the host and stops them with it, as systemd runs it (npm run test:vm). */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtCli, projectFolder } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const asDefault = { env: { TSMACHINE_CGROUP_PARENT: undefined } };
const done = (...args: readonly string[]) => host.done(args, asDefault);
const systemctl = (...args: readonly string[]) =>
  execFileSync('systemctl', args, { encoding: 'utf8' }).trim();
const unit = '/run/systemd/system/tsmachine.service';

/** The shipped unit, on this test's root folder and program. */
beforeAll(() => {
  const text = readFileSync(join(projectFolder, 'packaging/systemd/tsmachine.service'), 'utf8')
    .replaceAll('/var/lib/tsmachine', host.root)
    .replace(/=(-?)tsmachine /g, `=$1${process.execPath} ${builtCli} --root ${host.root} `);
  writeFileSync(unit, text);
  systemctl('daemon-reload');
});

afterAll(() => {
  rmSync(unit);
  systemctl('daemon-reload');
});

/** Of native machines: systemd's journal, from which those of nspawn are told, holds what the tests before this one did. */
async function story(): Promise<readonly string[]> {
  const lines = (await done('--backend', 'native', 'events', '--json')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line))
    .flatMap(({ name, type, details }) =>
      ['started', 'stopped'].includes(type) ? [`${type} ${name} ${details.reason ?? ''}`.trim()] : [],
    );
}

it('starts machines in their order and stops all of them in the reverse one, before the scope that they are in', async () => {
  const on = ['--set', 'autostart=yes', '--set'];
  await done('create', 'web', '-t', 'busybox', ...on, 'autostart.priority=1');
  await done('create', 'db', '-t', 'busybox', ...on, 'autostart.priority=2');
  await done('create', 'by-hand', '-t', 'busybox');
  await done('create', 'broken', '-t', 'busybox', ...on, 'init=/nowhere');
  systemctl('start', 'tsmachine.service');
  await done('start', 'by-hand');
  expect(systemctl('is-active', 'tsmachine.service', 'tsmachine.scope')).toBe('active\nactive');
  expect(systemctl('show', '--value', '--property', 'After', 'tsmachine.service')).toContain(
    'tsmachine.scope',
  );
  systemctl('stop', 'tsmachine.service');
  expect(await story()).toEqual([
    'started db',
    'started web',
    'started by-hand',
    'stopped by-hand halt',
    'stopped web halt',
    'stopped db halt',
  ]);
});
