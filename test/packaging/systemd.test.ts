import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';

const analyze = ['/usr/bin/systemd-analyze', '/bin/systemd-analyze'].find(existsSync);
const folder = mkdtempSync(join(tmpdir(), 'units-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** With a program that is there: verify looks for it. */
function unitsToVerify(): readonly string[] {
  cpSync(join(projectFolder, 'packaging/systemd'), folder, { recursive: true });
  const service = join(folder, 'tsmachine-snapshot.service');
  const text = readFileSync(service, 'utf8');
  expect(text).toContain('\nExecStart=tsmachine snapshot --due\n');
  writeFileSync(service, text.replace('=tsmachine snapshot', '=/bin/true snapshot'));
  const autostart = join(folder, 'tsmachine.service');
  const lines = readFileSync(autostart, 'utf8');
  expect(lines).toContain(
    '\nExecStart=-tsmachine autostart\nExecStop=tsmachine autostart --shutdown --all\n',
  );
  writeFileSync(autostart, lines.replaceAll('tsmachine autostart', '/bin/true autostart'));
  return [service, join(folder, 'tsmachine-snapshot.timer'), autostart];
}

describe('the units for systemd', () => {
  it.skipIf(analyze === undefined)(
    `are understood by it, to the last key${analyze === undefined ? ': systemd-analyze IS NOT INSTALLED' : ''}`,
    () => {
      const { status, stderr } = spawnSync(analyze ?? '', ['verify', '--man=no', ...unitsToVerify()], {
        encoding: 'utf8',
      });
      // What it says about units of the host is the host's.
      const ours = stderr.split('\n').filter((line) => /tsmachine(-snapshot)?\.(service|timer)/.test(line));
      expect({ status, ours }).toEqual({ status: 0, ours: [] });
    },
  );
});
