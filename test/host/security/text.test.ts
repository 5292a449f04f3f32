import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { withTarget } from './target.ts';

const host = withRoot();
const machine = withTarget(host, 'machine');

/** Retitles the window, clears the screen, asks the terminal to answer (into the shell's input), reverses what is read. */
const HOSTILE = '\u001b]0;owned\u0007\u001b[2J\u001b[6n\u009b31m\u202egnp.exe';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('terminal escapes', () => {
  it('are refused in the name of a machine, and are not repeated in the refusal', async () => {
    for (const args of [
      ['create', HOSTILE, '-t', 'busybox'],
      ['rename', machine.name, HOSTILE],
    ]) {
      const { code, stdout, stderr } = await host.cli(args);
      expect(code).toBe(2);
      expect(stdout + stderr).not.toMatch(RAW);
    }
  });

  it('are not repeated by any command that is given them', async () => {
    const commands = [
      ['info', HOSTILE],
      ['start', HOSTILE],
      ['exec', HOSTILE, '--', 'true'],
      ['console', HOSTILE],
      ['logs', HOSTILE],
      ['create', 'new', '-t', HOSTILE],
      ['config', machine.name, HOSTILE],
      ['config', machine.name, `hostname=${HOSTILE}`],
      ['list', '--columns', HOSTILE],
      [HOSTILE],
      [`--${HOSTILE}`],
      ['wait', machine.name, '--state', HOSTILE],
      ['exec', machine.name, '--', HOSTILE],
      ['exec', machine.name, '-u', HOSTILE, '--', 'true'],
      ['exec', machine.name, '-w', HOSTILE, '--', 'true'],
    ];
    for (const args of commands) {
      const { code, stdout, stderr } = await host.cli(args);
      expect(code).not.toBe(0);
      expect(stderr).not.toBe('');
      expect(`${JSON.stringify(args)}: ${RAW.exec(stdout + stderr)?.[0] ?? 'clean'}`).toBe(
        `${JSON.stringify(args)}: clean`,
      );
    }
  });

  it('that a machine writes on its console do not reach the terminal of who reads its log', async () => {
    const bytes = [...Buffer.from(HOSTILE)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    await machine.ask(`printf 'before ${bytes} after\\n' > /dev/console`);
    for (const args of [
      ['logs', machine.name],
      ['console', machine.name, '--log'],
    ]) {
      await expect.poll(async () => (await host.cli(args)).stdout).toContain('after');
    }
    const { stdout } = await host.cli(['logs', machine.name]);
    expect(stdout).not.toMatch(RAW);
    expect(stdout).toContain('before');
  });

  it('in a stored configuration are made visible or refused by every command that shows it', async () => {
    await host.done(['create', 'second', '-t', 'busybox']);
    const path = join(host.root, 'machines', 'second', 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8'));
    config.init.argv = [`/sbin/${HOSTILE}`, HOSTILE];
    config.init.environment = { HOSTILE };
    writeFileSync(path, JSON.stringify(config));
    for (const args of [
      ['info', 'second'],
      ['config', 'second'],
      ['plan', 'second'],
      ['list'],
      ['start', 'second'],
      ['info', 'second', '--json'],
      ['plan', 'second', '--json'],
    ]) {
      const { stdout, stderr } = await host.cli(args);
      expect(stdout + stderr).not.toBe('');
      expect(`${args.join(' ')}: ${RAW.exec(stdout + stderr)?.[0] ?? 'clean'}`).toBe(
        `${args.join(' ')}: clean`,
      );
    }
  });
});
