/** Which backend is loaded for which command line: dist/nspawn.cjs, with what speaks D-Bus, is not on the way of native machines. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const { cli, done } = withRoot();
const folder = mkdtempSync(join(tmpdir(), 'tsmachine-loaded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes down, when the program ends, which of its bundles were loaded. */
const hook = join(folder, 'hook.cjs');
const list = join(folder, 'loaded');
writeFileSync(
  hook,
  `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, Object.keys(require.cache).join('\\n')));`,
);

async function loadedBy(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const ran = await cli(words, { env: { NODE_OPTIONS: `--require ${hook}`, ...env } });
  const loaded = readFileSync(list, 'utf8');
  return { ...ran, nspawn: loaded.split('\n').includes(join(projectFolder, 'dist', 'load-nspawn.cjs')) };
}

describe('on a host without systemd-machined', () => {
  it('a whole life of a machine loads nothing of the other backend', async () => {
    for (const words of [
      ['create', 'web', '-t', 'busybox'],
      ['start', 'web'],
      ['list'],
      ['info', 'web'],
      ['exec', 'web', '--', 'true'],
      ['top', '--once', '-d', '0'],
      ['events'],
      ['stop', 'web', '--timeout', '1'],
      ['destroy', 'web'],
      ['undo'],
      ['trash', 'list'],
      ['destroy', 'web', '--now'],
    ]) {
      const ran = await loadedBy(words);
      expect(ran, words.join(' ')).toMatchObject({ code: 0, nspawn: false });
      expect(ran.stderr).not.toContain('warning');
    }
  });

  it('doctor and --backend nspawn load it, and say what is missing', async () => {
    const doctor = await loadedBy(['doctor', '--json']);
    expect(doctor.nspawn).toBe(true);
    expect(doctor.stdout).toContain('"subject":"systemd-nspawn"');
    const list = await loadedBy(['--backend', 'nspawn', 'list']);
    expect(list).toMatchObject({ code: 1, stdout: '' });
    expect((await loadedBy(['--backend', 'native', 'doctor'])).nspawn).toBe(false);
  });
});

describe('where machines of systemd-nspawn cannot be reached, but were wished for', () => {
  const env = { TSMACHINE_BACKEND: 'nspawn' };

  it('native ones are shown with a warning, and the exit code is theirs', async () => {
    await done(['create', 'web', '-t', 'busybox']);
    const shown = await cli(['list'], { env });
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('native') });
    expect(shown.stderr).toMatch(/^tsmachine: warning: machines of systemd-nspawn are left out: /);
    const json = await cli(['list', '--json'], { env });
    expect(JSON.parse(json.stderr)).toMatchObject({ version: 1, warning: { message: expect.any(String) } });
    expect(JSON.parse(json.stdout).machines).toHaveLength(1);
  });

  it('none is made of the other kind instead', async () => {
    expect((await cli(['create', 'db', '-t', 'busybox'], { env })).code).toBe(1);
    expect((await cli(['list', '--json'])).stdout).not.toContain('"db"');
  });
});
