import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isReachable } from '../../../src/backends/nspawn/reachable.ts';

/** A host with a file where the bus listens, and one that says how machined is started, as asked for. */
function host({ bus, machined }: { readonly bus: boolean; readonly machined: boolean }) {
  const folder = mkdtempSync(join(tmpdir(), 'tsmachine-reachable-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const services = join(folder, 'services');
  mkdirSync(services);
  if (bus) writeFileSync(join(folder, 'socket'), '');
  if (machined) writeFileSync(join(services, 'org.freedesktop.machine1.service'), '');
  return { socket: join(folder, 'socket'), serviceFolders: [join(folder, 'none'), services] };
}

test.each([
  [true, true, true],
  [true, false, false],
  [false, true, false],
  [false, false, false],
])('with a bus (%s) and machined (%s) it is worth asking: %s', (bus, machined, expected) => {
  expect(isReachable({}, host({ bus, machined }))).toBe(expected);
});

test('a bus that the environment names is taken at its word', () => {
  const environment = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/elsewhere' };
  expect(isReachable(environment, host({ bus: false, machined: true }))).toBe(true);
  expect(isReachable(environment, host({ bus: false, machined: false }))).toBe(false);
});
