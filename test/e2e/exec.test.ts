import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { type Person, personAt } from './terminal.ts';

const host = withRoot();
const people: Person[] = [];

function at(words: readonly string[]): Person {
  const person = personAt(words, { env: host.env });
  people.push(person);
  return person;
}

beforeAll(async () => {
  await host.done(['create', 'web', '-t', 'busybox', '--start']);
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('exec', () => {
  it("on a terminal gives the command a terminal of the machine's own", async () => {
    const person = at(['exec', 'web', '--', 'tty']);
    await person.sees(/^\/dev\/pts\/\d+$/m);
    expect(await person.ends).toBe(0);
  });

  it('in a pipe gives it none, unless told to', async () => {
    const without = await host.cli(['exec', 'web', '--', 'tty']);
    expect(without).toMatchObject({ code: 1, stdout: 'not a tty\n' });
    const person = at(['exec', 'web', '-T', '--', 'sh', '-c', 'test -t 1 || echo none']);
    await person.ends;
    // The person's own terminal is passed on as it is: a terminal, but not one of the machine.
    expect(person.screen()).not.toContain('/dev/pts');
  });

  it.each([
    ['the command', ['sh', '-c', 'exit 42'], 42],
    ['a signal', ['sh', '-c', 'kill -9 $$'], 137],
    ['a command that is not there', ['/no/such/program'], 127],
    ['a file that is not executable', ['/etc/passwd'], 126],
  ])('exits as %s does', async (_, command, code) => {
    expect((await host.cli(['exec', 'web', '--', ...command])).code).toBe(code);
    const person = at(['exec', 'web', '--', ...command]);
    expect(await person.ends).toBe(code);
  });

  it('keeps stdout and stderr apart and passes stdin on', async () => {
    const ran = await host.cli(['exec', 'web', '--', 'sh', '-c', 'cat; echo bad >&2'], { input: 'good\n' });
    expect(ran).toMatchObject({ code: 0, stdout: 'good\n', stderr: 'bad\n' });
  });

  it('sets directory and environment, and lets nothing of the host through', async () => {
    const script = 'pwd; echo $A; env';
    const env = { SECRET: 'of-the-host' };
    const { stdout } = await host.cli(
      ['exec', 'web', '-w', '/tmp', '-e', 'A=one two', '--', 'sh', '-c', script],
      { env },
    );
    expect(stdout).toMatch(/^\/tmp\none two\n/);
    expect(stdout).not.toContain('of-the-host');
  });

  it('of a stopped machine fails with 125 and says why', async () => {
    await host.done(['create', 'sleeping', '-t', 'busybox']);
    const { code, stderr } = await host.cli(['exec', 'sleeping', '--', 'true']);
    expect(code).toBe(125);
    expect(stderr).toContain('cannot execute a command in sleeping');
  });

  it('gives the terminal the size of the window, also when it changes, and back as it was', async () => {
    const person = at(['exec', 'web', '--', 'sh']);
    person.type('stty size\r');
    await person.sees('30 100');
    person.resize(66, 21);
    person.type('while [ "$(stty size)" != "21 66" ]; do sleep 0.1; done; echo re""sized\r');
    await person.sees('resized');
    person.type('exit 3\r');
    expect(await person.ends).toBe(3);
  });
});

describe('shell', () => {
  it("is root's login shell, and Ctrl-C in it ends a command and not the shell", async () => {
    const person = at(['shell', 'web']);
    person.type('echo "$0 $HOME $USER"\r');
    await person.sees(/^-\S+ \/root root$/m);
    // Said by the command itself: before it has the terminal, Ctrl-C would find the shell alone, which ignores it.
    person.type('sh -c \'echo sl""eeping; exec sleep 1000\'\r');
    await person.sees('sleeping');
    person.type('\x03');
    person.type('echo ali""ve\r');
    await person.sees('alive');
    person.type('exit 7\r');
    expect(await person.ends).toBe(7);
  });
});
