/** Time travel as a person does it: the README's lines, the tree on a real terminal, questions, completion. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { builtCli, projectFolder } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';
import { type Person, personAt, personAtShell } from './terminal.ts';

const host = withRoot();
let person: Person | undefined;

afterEach(async () => {
  await person?.close();
  person = undefined;
});

function linesOf(chapter: string): readonly string[] {
  const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8');
  const text = readme.split(`## ${chapter}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = text.split('\n').filter((line) => line.startsWith('    tsmachine '));
  return lines.map((line) => line.replace(/ +#.*$/, '').trim());
}

async function json(...words: readonly string[]) {
  return JSON.parse(await host.done([...words, '--json']));
}

describe("the README's time travel", () => {
  const lines = [...linesOf('Time travel'), ...linesOf('Snapshots on a schedule')];

  it('goes as it stands there, on a machine that runs', async () => {
    expect(lines.length).toBeGreaterThan(6);
    await host.done(['create', 'web', '-t', 'busybox', '--start']);
    const at = personAtShell({ env: host.env });
    person = at;
    for (const [index, line] of lines.entries()) {
      at.type(`${line}; echo "line ${index} ended with $?."\r`);
      await at.sees(new RegExp(`line ${index} ended with 0\\.`));
    }
    expect(at.screen()).toContain('web: snapshot before taken, frozen for ');
    expect(at.screen()).toContain('to go back: tsmachine undo');
    expect(await host.done(['exec', 'trial', '--', 'hostname'])).toBe('trial\n');
    await host.done(['destroy', '--now', '--force', 'web', 'trial']);
  });
});

describe.each(['overlay', 'dir'])('files kept on %s', (storage) => {
  afterEach(async () => {
    await host.done(['destroy', '--now', '--force', ...(await names())]);
  });

  async function names(): Promise<readonly string[]> {
    return (await json('list')).machines.map(({ name }: { readonly name: string }) => name);
  }
  const write = (name: string, text: string) =>
    host.done(['exec', name, '--', 'sh', '-c', `echo ${text} > /root/note`]);
  const read = (name: string) => host.done(['exec', name, '--', 'cat', '/root/note']);

  it('are what they were at a snapshot after a restore, and again as before after an undo', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--storage', storage, '--start']);
    await write('web', 'first');
    expect((await json('snapshot', 'web', 'one')).frozenMs).toBeGreaterThan(0);
    await write('web', 'second');
    await host.done(['stop', 'web']);
    const { kept } = await json('restore', 'web', 'one');
    await host.done(['start', 'web']);
    expect(await read('web')).toBe('first\n');
    await host.done(['clone', `web@${kept}`, 'trial', '--start']);
    expect(await read('trial')).toBe('second\n');
    await host.done(['stop', 'web']);
    await host.done(['undo']);
    await host.done(['start', 'web']);
    expect(await read('web')).toBe('second\n');
  });

  it('come back from the trash, and what was cloned of them goes on without them', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--storage', storage, '--start']);
    await write('web', 'mine');
    await host.done(['clone', 'web', 'copy', '--start']);
    await host.done(['destroy', '--force', 'web']);
    const [{ entry }] = (await json('trash', 'list')).trash;
    await host.done(['trash', 'restore', entry, '--as', 'web2']);
    await host.done(['start', 'web2']);
    expect([await read('web2'), await read('copy')]).toEqual(['mine\n', 'mine\n']);
    await host.done(['destroy', '--force', 'web2']);
    await host.done(['trash', 'empty', '--yes']);
    expect((await json('trash', 'list')).trash).toEqual([]);
    expect(await read('copy')).toBe('mine\n');
  });

  it('are compared with the image and with snapshots, and put back one by one', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--storage', storage, '--start']);
    await write('web', 'one');
    await host.done(['exec', 'web', '--', 'sh', '-c', 'rm /etc/inittab; mkdir /srv/www']);
    await host.done(['kill', 'web']);
    await host.done(['snapshot', 'web', 'one']);
    await host.done(['start', 'web']);
    await write('web', 'two');
    await host.done(['kill', 'web']);
    const sinceImage = await host.done(['diff', 'web']);
    for (const line of ['D  /etc/inittab', 'A  /root/note', 'A  /srv/www'])
      expect(sinceImage).toContain(line);
    expect(await host.done(['diff', 'web@one', 'web', '--', '/root/note'])).toBe(
      '--- web@one:/root/note\n+++ web:/root/note\n@@ -1,1 +1,1 @@\n-one\n+two\n',
    );
    expect(await host.cli(['diff', 'web@one', 'web', '--', '/typo'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no such path in web@one or web: /typo'),
    });
    expect(await host.cli(['diff', 'web@one', 'web', '--', '/root/../etc'])).toMatchObject({ code: 2 });
    expect(await host.cli(['diff', 'web@one', 'web', '--', '/etc/passwd'])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no differences'),
    });
    await host.done(['revert', 'web', '/etc/inittab', '/srv/www']);
    await host.done(['revert', 'web', '--from', 'web@one', '/root/note']);
    const differs = (await json('diff', 'web@one', 'web')).changes.map(
      ({ path }: { readonly path: string }) => path,
    );
    expect(differs).toEqual(['/etc/inittab', '/srv/www']);
    expect(await json('undo')).toMatchObject({
      name: 'web',
      deed: 'revert',
      snapshot: null,
      paths: ['/root/note'],
    });
    expect(await host.done(['diff', 'web@one', 'web', '--', '/root/note'])).toContain('-one\n+two\n');
    expect((await json('trash', 'list')).trash).toMatchObject([{ kind: 'paths' }, { kind: 'paths' }]);
    expect(await host.done(['undo'])).toContain('web: is again what it was before the revert: /root/note');
    expect((await json('trash', 'list')).trash).toHaveLength(2);
    await host.done(['trash', 'restore', (await json('trash', 'list')).trash[1].entry]);
    expect((await json('diff', 'web@one', 'web')).changes).toEqual([]);
    await host.done(['start', 'web']);
    expect(await read('web')).toBe('one\n');
  });

  it('are counted as own and shared', async () => {
    await host.done(['create', 'web', '-t', 'busybox', '--storage', storage]);
    const { disk } = (await json('list', '--columns', 'disk')).machines[0];
    expect(disk).toEqual({ ownBytes: expect.any(Number), sharedBytes: expect.any(Number) });
    expect((await json('info', 'web')).machine).toMatchObject({ disk, currentSnapshot: null });
  });
});

describe('snapshot --due', () => {
  it('takes what is due once, and is silent the second time', async () => {
    const settings = ['--set', 'snapshots.schedule=daily', '--set', 'snapshots.expiry=7d'];
    await host.done(['create', 'web', '-t', 'busybox', ...settings]);
    expect(await host.done(['snapshot', '--due'])).toMatch(/^web: snapshot \S+ taken\n$/);
    expect(await host.cli(['snapshot', '--due'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect((await json('snapshots', 'web')).snapshots).toMatchObject([
      { current: true, automatic: false, expiresAt: expect.any(String) },
    ]);
    await host.done(['destroy', '--now', 'web']);
  });
});

describe('at a terminal', () => {
  let bin = '';
  beforeAll(async () => {
    bin = mkdtempSync(join(tmpdir(), 'snapshots-'));
    symlinkSync(builtCli, join(bin, 'tsmachine'));
    await host.done(['create', 'web-server', '-t', 'busybox']);
    await host.done(['snapshot', 'web-server', 'before']);
    await host.done(['create', 'old', '-t', 'busybox']);
    await host.done(['destroy', 'old']);
  });
  afterAll(() => rmSync(bin, { recursive: true, force: true }));

  it('the tree has box characters', async () => {
    const at = personAt(['snapshots', 'web-server'], { env: { ...host.env, LC_ALL: 'C.UTF-8' } });
    person = at;
    expect(await at.ends).toBe(0);
    expect(at.screen()).toContain('\n└ you are here');
  });

  it.each([
    ['no', 'n\r', 1],
    ['nothing', '\r', 1],
    ['Ctrl-D', '\x04', 1],
  ])('the trash keeps all after %s', async (_, keys, exitCode) => {
    const at = personAt(['trash', 'empty'], { env: host.env });
    person = at;
    await at.sees('Remove 1 entry for good? [y/N]');
    at.type(keys);
    expect(await at.ends).toBe(exitCode);
    expect((await json('trash', 'list')).trash).toHaveLength(1);
  });

  it('Ctrl-C leaves the question as it leaves any command', async () => {
    const at = personAtShell({ env: host.env });
    person = at;
    at.type('tsmachine trash empty; echo "ended with $?."\r');
    await at.sees('Remove 1 entry for good? [y/N]');
    at.type('\x03');
    // Not before the prompt: the terminal drops what is typed when a signal comes, and bash the rest of the line.
    await at.sees(/\^C\n+prompt>/);
    at.type('echo "then $?."\r');
    await at.sees(/then 130\./);
    expect((await json('trash', 'list')).trash).toHaveLength(1);
  });

  it.each([
    ['a snapshot to restore', 'tsmachine restore web-server be\t', 'tsmachine restore web-server before '],
    ['a snapshot to clone', 'tsmachine clone web-server@be\t', 'tsmachine clone web-server@before '],
    ['a snapshot just behind @', 'tsmachine clone web-server@\t', 'tsmachine clone web-server@before '],
    ['what is in the trash', 'tsmachine trash restore o\t', /tsmachine trash restore old\.\d+ /],
  ])('bash completes %s', async (_, typed, completed) => {
    const PATH = [bin, process.env['PATH']].join(delimiter);
    const at = personAtShell({ env: { ...host.env, PATH } });
    person = at;
    at.type('unset -f tsmachine; eval "$(tsmachine completion bash)"; echo lo""aded\r');
    await at.sees('loaded');
    at.type(`${typed}|`);
    const line =
      typeof completed === 'string' ? `prompt> ${completed}|` : new RegExp(`${completed.source}\\|`);
    await at.sees(line);
  });

  it('yes removes for good', async () => {
    const at = personAt(['trash', 'empty'], { env: host.env });
    person = at;
    await at.sees('[y/N]');
    at.type('y\r');
    expect(await at.ends).toBe(0);
    expect((await json('trash', 'list')).trash).toEqual([]);
  });
});
