import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtCli } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';
import { type Person, personAtShell } from './terminal.ts';

const host = withRoot();
let bin = '';
let person: Person | undefined;

beforeAll(async () => {
  bin = mkdtempSync(join(tmpdir(), 'completion-'));
  symlinkSync(builtCli, join(bin, 'tsmachine'));
  await host.done(['create', 'web-server', '-t', 'busybox']);
});

afterAll(() => rmSync(bin, { recursive: true, force: true }));

afterEach(async () => {
  await person?.close();
});

async function bash(): Promise<Person> {
  const PATH = [bin, process.env['PATH']].join(delimiter);
  const at = personAtShell({ env: { ...host.env, PATH } });
  person = at;
  at.type('unset -f tsmachine; eval "$(tsmachine completion bash)"; echo lo""aded\r');
  await at.sees('loaded');
  return at;
}

describe('bash', () => {
  it.each([
    ['a command', 'tsmachine unfr\t', 'tsmachine unfreeze '],
    ['a machine', 'tsmachine start web\t', 'tsmachine start web-server '],
    ['an option', 'tsmachine stop --time\t', 'tsmachine stop --timeout '],
    ['a value behind =', 'tsmachine list --state=runn\t', 'tsmachine list --state=running '],
    [
      'a setting, without a space',
      'tsmachine set web-server memory.hi\t5',
      'tsmachine set web-server memory.high=5',
    ],
    ['a template', 'tsmachine create -t busy\t', 'tsmachine create -t busybox '],
  ])('completes %s', async (_, typed, completed) => {
    const at = await bash();
    at.type(`${typed}|`);
    await at.sees(`prompt> ${completed}|`);
  });

  it('completes file names where a file is wanted', async () => {
    const at = await bash();
    writeFileSync(join(bin, 'my-recording'), '');
    at.type(`tsmachine console web --record ${bin}/my-r\t|`);
    await at.sees('my-recording |');
  });
});

describe.each(['bash', 'zsh', 'fish'])('the script for %s', (shell) => {
  const program = [`/bin/${shell}`, `/usr/bin/${shell}`].find(existsSync);

  it.skipIf(program === undefined)(
    `is understood by it${program === undefined ? `: ${shell} IS NOT INSTALLED` : ''}`,
    async () => {
      const script = join(bin, `script.${shell}`);
      writeFileSync(script, await host.done(['completion', shell]));
      const { status, stderr } = spawnSync(program ?? '', ['-n', script], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );
});
