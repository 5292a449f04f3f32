import { Command } from 'commander';
import { expect, test } from 'vitest';
import { declareGlobalOptions, readGlobalOptions } from '../../../src/commands/program/global-options.ts';
import { run, summary } from '../stub-machines.ts';

function optionsOf(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const command = new Command();
  declareGlobalOptions(command, { hidden: false });
  return readGlobalOptions(command.parse(words, { from: 'user' }), environment);
}

test('each machine is run by who has it, and new ones natively, unless somebody says otherwise', () => {
  expect(optionsOf([])).toMatchObject({ backend: 'auto', newMachines: 'native' });
  expect(optionsOf(['--backend', 'nspawn'])).toMatchObject({ backend: 'nspawn' });
  expect(optionsOf(['--backend=native'])).toMatchObject({ backend: 'native' });
  expect(optionsOf([], { TSMACHINE_BACKEND: 'nspawn' })).toMatchObject({
    backend: 'auto',
    newMachines: 'nspawn',
  });
});

test('a setting of the host that is no backend is refused, and an empty one is none', async () => {
  const machines = { list: async () => [summary('web')] };
  const wrong = await run(['list'], { machines, environment: { TSMACHINE_BACKEND: 'docker' } });
  expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
  expect(wrong.stderr).toContain('TSMACHINE_BACKEND is "docker"');
  expect((await run(['list'], { machines, environment: { TSMACHINE_BACKEND: '' } })).exitCode).toBe(0);
});
