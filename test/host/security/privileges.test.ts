import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { builtCli } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';
import { withTarget } from './target.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');
const strict = withTarget(host, 'strict', { settings: ['no-new-privileges=true'] });

const lax = withTarget(host, 'lax', {
  settings: ['no-new-privileges=true'],
  weakenings: [{ without: '^no-new-privileges' }],
});

const AS_USER = ['-u', '1000:1000'];

describe('a set-user-id program inside', () => {
  it("gives its owner's rights, as in any system", async () => {
    const program = await machine.planted('effective');
    const { stdout } = await machine.run(['exec', machine.name, ...AS_USER, '--', program]);
    expect(stdout).toBe('real 1000\neffective 0\n');
  });

  it('gives them also in a machine without new privileges, if that step of the plan is left out', async () => {
    const { stdout } = await lax.run(['exec', lax.name, ...AS_USER, '--', await lax.planted('effective')]);
    expect(stdout).toBe('real 1000\neffective 0\n');
  });

  it("gives nothing in a machine without new privileges, to init's children and to what enters", async () => {
    const program = await strict.planted('effective');
    const { stdout } = await strict.run(['exec', strict.name, ...AS_USER, '--', program]);
    expect(stdout).toBe('real 1000\neffective 1000\n');
    expect(await strict.ask('cat /proc/1/status')).toMatch(/^NoNewPrivs:\s*1$/m);
    expect(await strict.ask('cat /proc/self/status')).toMatch(/^NoNewPrivs:\s*1$/m);
  });
});

describe('a user inside who is not root', () => {
  it('holds no capability', async () => {
    const { stdout } = await machine.run([
      'exec',
      machine.name,
      ...AS_USER,
      '--',
      'cat',
      '/proc/self/status',
    ]);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) {
      expect(stdout).toMatch(new RegExp(`^${set}:\\s*0+$`, 'm'));
    }
  });

  it('is in no group of the caller', () => {
    const command = [
      process.execPath,
      builtCli,
      'exec',
      machine.name,
      ...AS_USER,
      '--',
      'cat',
      '/proc/self/status',
    ];
    const options = { env: { ...process.env, ...host.env }, encoding: 'utf8' } as const;
    const status = execFileSync('setpriv', ['--groups', '4,27', ...command], options);
    expect(status).toMatch(/^Groups:\s*(1000)?\s*$/m);
  });
});
