import { describe, expect, it } from 'vitest';
import { MachineError, type MachineErrorCode } from '../../src/machines/errors.ts';
import { run } from './stub-machines.ts';

const failing = (code: MachineErrorCode) => async () => {
  throw new MachineError(code, 'because', { hint: 'do this' });
};

describe('exit codes', () => {
  it.each([
    ['usage', 2],
    ['no-such-machine', 3],
    ['exists', 1],
    ['wrong-state', 4],
    ['busy', 4],
    ['invalid-config', 1],
    ['timeout', 1],
    ['unsupported', 1],
    ['failed', 1],
  ] as const)('are, for a single machine and the error %s, %i', async (code, exitCode) => {
    const ran = await run(['start', 'web'], { machines: { start: failing(code) } });
    expect(ran).toMatchObject({
      exitCode,
      stdout: '',
      stderr: 'tsmachine: cannot start web: because\nhint: do this\n',
    });
  });

  it('are 0 when all went well', async () => {
    expect(await run(['freeze', 'web'], { machines: { freeze: async () => undefined } })).toMatchObject({
      exitCode: 0,
      stdout: 'web: frozen\n',
      stderr: '',
    });
  });

  it('are 1 when one of several machines failed, whatever its own code', async () => {
    const start = async (name: string): Promise<boolean> =>
      name === 'db' ? failing('no-such-machine')() : true;
    const ran = await run(['start', 'web', 'db'], { machines: { start } });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toBe('web: started\n');
    expect(ran.stderr).toContain('cannot start db: because');
  });

  it('are 125 for exec and shell whenever the program itself failed', async () => {
    const machines = { exec: failing('no-such-machine') };
    expect((await run(['exec', 'web', '--', 'true'], { machines })).exitCode).toBe(125);
    expect((await run(['shell', 'web'], { machines })).exitCode).toBe(125);
    expect((await run(['exec', '--bogus'], { machines })).exitCode).toBe(125);
  });

  it("are the command's own for exec", async () => {
    const empty = Buffer.alloc(0);
    const exec = async () => ({ exitCode: 42, stdout: empty, stderr: empty });
    expect((await run(['exec', 'web', 'true'], { machines: { exec } })).exitCode).toBe(42);
  });

  it('are 1 for what is no error of the domain', async () => {
    const start = async (): Promise<boolean> => {
      throw new TypeError('a bug');
    };
    expect(await run(['start', 'web'], { machines: { start } })).toMatchObject({
      exitCode: 1,
      stderr: 'tsmachine: cannot start web: a bug\n',
    });
  });
});

describe('wrong usage', () => {
  it.each(['list', 'trash'])(
    'of --root without its folder before %s exits with 2 and says so',
    async (name) => {
      const ran = await run(['--root', name], { machines: { list: async () => [] } });
      expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
      expect(ran.stderr).toContain(`--root takes a folder, and "${name}" is a command\nhint: `);
      expect(ran.stderr).toContain(`tsmachine --root DIRECTORY ${name}`);
      const meant = await run(['--root', `./${name}`, 'list'], { machines: { list: async () => [] } });
      expect(meant.exitCode).toBe(0);
    },
  );

  it('of an unknown command exits with 2 and suggests the nearest one', async () => {
    expect(await run(['strat', 'web'])).toMatchObject({
      exitCode: 2,
      stderr: "tsmachine: unknown command 'strat'\nhint: Did you mean start?\n",
    });
  });

  it.each([
    ['a command that does not exist yet', ['export', 'web']],
    ['a snapshot of nothing', ['snapshot']],
    ['--due with a name', ['snapshot', 'web', '--due']],
    ['--due with an option of one snapshot', ['snapshot', '--due', '--keep', '3']],
    ['an age that is none', ['snapshot', 'web', '--expires', 'soon']],
    ['an age of nothing', ['snapshot', 'web', '--expires', '0d']],
    ['keeping no snapshot', ['snapshot', 'web', '--keep', '0']],
    ['a restore to nothing', ['restore', 'web']],
    ['a sort by a column that does not exist', ['list', '--sort', 'colour']],
    ['an unknown option', ['list', '--bogus']],
    ['a missing argument', ['rename', 'web']],
    ['too many arguments', ['info', 'web', 'db']],
    ['a state that does not exist', ['wait', 'web', '--state', 'happy']],
    ['a time-out that is no number', ['stop', 'web', '--timeout', 'soon']],
    ['a signal that does not exist', ['kill', 'web', '--signal', 'SIGNOPE']],
    ['a column that does not exist', ['list', '--columns', 'name,colour']],
    ['names together with --all', ['start', 'web', '--all']],
    ['neither names nor --all', ['stop']],
    ['a group without its command', ['template']],
    ['a backend that does not exist', ['--backend', 'docker', 'list']],
    ['an escape that is no key', ['console', 'web', '--escape', 'ctrl']],
    ['input recorded without a recording', ['console', 'web', '--record-input']],
    ['a template argument without a value', ['create', '-t', 'busybox', '--', 'release']],
  ])('is %s', async (_, words) => {
    const ran = await run(words, { machines: { list: async () => [] } });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^tsmachine: .+/);
  });

  it.each([
    [['rename', 'web'], 'usage: tsmachine rename [options] <name> <new-name>'],
    [['image', 'remove'], 'usage: tsmachine image remove [options] <keys...>'],
    [['image', 'remove', '--bogus', 'x'], 'tsmachine image remove --help'],
    [['trash'], 'tsmachine trash list|restore|empty'],
    [['trash', 'bogus'], 'tsmachine trash --help'],
  ])('is answered after %j with what is taken there', async (words, hint) => {
    expect((await run(words)).stderr).toContain(`hint: ${hint}\n`);
  });
});
