import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { type Person, type PersonOptions, personAt, personAtShell } from './terminal.ts';

const host = withRoot();
const people: Person[] = [];

function at(words: readonly string[], options: PersonOptions = {}): Person {
  const person = personAt(words, { ...options, env: { ...host.env, ...options.env } });
  people.push(person);
  return person;
}

function atShell(): Person {
  const person = personAtShell({ env: host.env });
  people.push(person);
  return person;
}

let greetings = 0;

/** Enter at the console of a busybox machine brings its shell, which shows that it listens and is done. */
async function atRootShell(person: Person): Promise<void> {
  person.type('\r');
  await person.sees(/#$/);
  // Not a word of an earlier test, which is shown again.
  greetings += 1;
  person.type(`echo rea""dy-${greetings}\r`);
  await person.sees(new RegExp(`^ready-${greetings}\\n.*#$`, 'm'));
}

beforeAll(async () => {
  await host.done(['create', 'web', '-t', 'busybox', '--start']);
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('the console', () => {
  it('says how to leave, shows what the machine writes, and is left by Ctrl-] q', async () => {
    const person = at(['console', 'web']);
    await person.sees('Leave: Ctrl-] q');
    await atRootShell(person);
    person.type('hostname\r');
    await person.sees(/^web$/m);
    person.type('\x1dq');
    expect(await person.ends).toBe(0);
    expect(person.screen()).toContain('the machine goes on');
    expect((await host.cli(['wait', 'web', '--state', 'running', '--timeout', '0'])).code).toBe(0);
  });

  it.each([
    ['Ctrl-] d', '\x1dd', []],
    ['Ctrl-] twice', '\x1d\x1d', []],
    ['Ctrl-] three times', '\x1d\x1d\x1d', []],
    ['Ctrl-a q with --escape ^a', '\x01q', ['--escape', '^a']],
  ])('is left by %s', async (_, keys, options) => {
    const person = at(['console', 'web', ...options]);
    await person.sees('Console of web');
    await atRootShell(person);
    person.type(keys);
    expect(await person.ends).toBe(0);
  });

  it('passes everything else on: Ctrl-C, Ctrl-Z, Ctrl-D, Escape, and a literal Ctrl-]', async () => {
    const person = at(['console', 'web']);
    await atRootShell(person);
    person.type("stty raw -echo; head -c 5 | od -An -tx1; stty sane; echo 'do''ne'\r");
    await person.sees(/od -An/);
    // The shell reads on until the modes are set; the pipe then waits for five bytes.
    await pause(500);
    person.type('\x03\x1a\x04\x1b\x1d]');
    await person.sees('03 1a 04 1b 1d');
    person.type('\x1dq');
    await person.ends;
  });

  it('gives a program Escape by itself, before the next key is typed', async () => {
    const person = at(['shell', 'web']);
    await person.sees(/#\s*$/);
    person.type(
      'stty raw -echo; for i in 1 2; do dd bs=9 count=1 2>/dev/null | od -An -tx1; done; stty sane\r',
    );
    await person.sees(/od -An/);
    await pause(500);
    person.type('\x1b');
    await person.sees(/^\s*1b$/m);
    person.type('j');
    await person.sees(/^\s*6a$/m);
  });

  it('shows earlier output to those who come later, and the same to all', async () => {
    const first = at(['console', 'web']);
    await atRootShell(first);
    first.type('echo mar""ker\r');
    await first.sees('marker');
    const second = at(['console', 'web']);
    await second.sees('marker');
    second.type('echo fr""om second\r');
    await first.sees('from second');
    for (const person of [first, second]) person.type('\x1dq');
    expect(await Promise.all([first.ends, second.ends])).toEqual([0, 0]);
  });

  it('gives the machine the size of the window, also when it changes', async () => {
    const person = at(['console', 'web'], { columns: 90, rows: 33 });
    await atRootShell(person);
    person.type('stty size\r');
    await person.sees('33 90');
    person.resize(77, 22);
    await pause(200);
    person.type('clear; stty size\r');
    await person.sees('22 77');
    person.type('\x1dq');
    await person.ends;
  });

  it('stays through a reboot, and says how the machine ended', async () => {
    await host.done(['create', 'phoenix', '-t', 'busybox', '--start']);
    const person = at(['console', 'phoenix']);
    await atRootShell(person);
    person.type('reboot\r');
    await person.sees('the machine reboots');
    await pause(500);
    await atRootShell(person);
    person.type('poweroff\r');
    await person.sees('phoenix: powered off');
    expect(await person.ends).toBe(0);
  });

  it('of a frozen machine says why nothing moves, below what was there before', async () => {
    await host.done(['freeze', 'web']);
    const person = at(['console', 'web']);
    await person.sees(/root@web.*the machine is frozen.*tsmachine unfreeze web/s);
    person.type('echo tha""wed\r');
    await host.done(['unfreeze', 'web']);
    await person.sees('thawed');
    person.type('\x1dq');
    expect(await person.ends).toBe(0);
  });

  it('of a stopped machine is refused with exit code 4', async () => {
    await host.done(['create', 'sleeping', '-t', 'busybox']);
    const { code, stderr } = await host.cli(['console', 'sleeping']);
    expect(code).toBe(4);
    expect(stderr).toContain('cannot open the console of sleeping');
  });

  it('takes its input from a pipe too', async () => {
    const person = at(['console', 'web', '--log']);
    await person.ends;
    await host.done(['create', 'piped', '-t', 'busybox', '--start']);
    const { stdout } = await host.cli(['console', 'piped'], { input: '\recho pi""ped; poweroff\r' });
    expect(stdout).toContain('piped');
  });

  it('keeps its text: --log prints it without escapes, --raw as it was', async () => {
    const person = at(['console', 'web']);
    await atRootShell(person);
    person.type("printf '\\033[35mpur''ple\\033[0m\\n'\r");
    await person.sees('purple');
    person.type('\x1dq');
    await person.ends;
    expect(await host.done(['console', 'web', '--log'])).toMatch(/^purple$/m);
    expect(await host.done(['console', 'web', '--log', '--raw'])).toContain('\x1b[35mpurple');
  });
});

describe('start --console', () => {
  it('shows the boot from its first byte, and the machine goes on when the console is left', async () => {
    const init = ['/bin/sh', '-c', 'echo first of all; echo and then; exec /sbin/init'];
    await host.done(['create', 'boots', '-t', 'busybox', '--set', `init=${JSON.stringify(init)}`]);
    const person = at(['start', '--console', 'boots']);
    await person.sees(/^boots: started\nConsole of boots\..*\nfirst of all\nand then$/m);
    await atRootShell(person);
    person.type('\x1dq');
    expect(await person.ends).toBe(0);
    expect(person.screen()).toContain('the machine goes on');
    expect((await host.cli(['wait', 'boots', '--state', 'running', '--timeout', '0'])).code).toBe(0);
  });

  it('says how a machine ended that ends at once', async () => {
    const init = ['/bin/sh', '-c', 'echo good evening; exit 3'];
    await host.done(['create', 'brief', '-t', 'busybox', '--set', `init=${JSON.stringify(init)}`]);
    const person = at(['start', '--console', 'brief']);
    expect(await person.ends).toBe(0);
    expect(person.screen()).toMatch(/^good evening\n\nbrief: init exited with code 3$/m);
  });

  it('of a machine that cannot start says why, and opens no console', async () => {
    await host.done(['create', 'broken', '-t', 'busybox', '--set', 'init=/sbin/nothing']);
    const person = at(['start', '--console', 'broken']);
    expect(await person.ends).toBe(1);
    expect(person.screen()).toContain('cannot start broken');
    expect(person.screen()).not.toContain('Console of');
  });

  it('with several names starts none of them', async () => {
    const names = ['left', 'right'];
    for (const name of names) await host.done(['create', name, '-t', 'busybox']);
    const person = at(['start', '--console', ...names]);
    expect(await person.ends).toBe(2);
    expect(person.screen()).toContain('--console goes with exactly one name');
    for (const name of names)
      expect((await host.cli(['wait', name, '--state', 'stopped', '--timeout', '0'])).code).toBe(0);
  });
});

describe('the terminal is given back as it was', () => {
  async function modes(person: Person, mark: string): Promise<string> {
    person.type(`echo ${mark}=$(stty -g)\r`);
    await person.sees(new RegExp(`^${mark}=\\S+`, 'm'));
    return new RegExp(`^${mark}=(\\S+)`, 'm').exec(person.screen())?.[1] ?? '';
  }

  async function attached(): Promise<Person & { readonly before: string }> {
    const person = atShell();
    const before = await modes(person, 'before');
    person.type('tsmachine console web\r');
    await person.sees('Console of web');
    await atRootShell(person);
    return { ...person, before };
  }

  async function pidOfConsole(shell: number): Promise<number> {
    const children = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim();
    expect(children).toMatch(/^\d+$/);
    return Number(children);
  }

  it('when the console is left', async () => {
    const person = await attached();
    person.type('\x1dq');
    await person.sees(/the machine goes on\nprompt>$/);
    expect(await modes(person, 'after')).toBe(person.before);
  });

  it('and what was pasted behind the keys that leave is no command for its shell', async () => {
    const person = await attached();
    person.type('\x1dqecho not-a-com""mand\r');
    await person.sees(/the machine goes on\nprompt>$/);
    person.type('echo my-com""mand\r');
    await person.sees(/^my-command$/m);
    expect(person.screen()).not.toContain('not-a-com');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('when %s ends the program', async (signal) => {
    const person = await attached();
    process.kill(await pidOfConsole(person.pid), signal);
    await person.sees(/prompt>$/);
    expect(await modes(person, 'after')).toBe(person.before);
    expect((await host.cli(['wait', 'web', '--state', 'running', '--timeout', '0'])).code).toBe(0);
  });

  it('while the program is stopped, and raw again when it goes on', async () => {
    const person = await attached();
    const pid = await pidOfConsole(person.pid);
    process.kill(pid, 'SIGTSTP');
    await person.sees(/Stopped.*\nprompt>$/);
    expect(await modes(person, 'stopped')).toBe(person.before);
    person.type('fg\r');
    await pause(500);
    person.type('echo ba""ck\r');
    await person.sees('back');
    person.type('\x1dq');
    await person.sees(/the machine goes on\nprompt>$/);
    expect(await modes(person, 'after')).toBe(person.before);
  });

  it('when a program of the machine left it in disorder', async () => {
    const person = await attached();
    person.type("printf '\\033[?1049h\\033[?25l\\033[?1000h\\033[?2004h'; echo me''ss\r");
    await person.sees('mess');
    person.type('\x1dq');
    await person.sees('the machine goes on');
    const tail = person.bytes().slice(person.bytes().lastIndexOf('mess'));
    for (const undo of ['\x1b[?1049l', '\x1b[?25h', '\x1b[?1000l', '\x1b[?2004l'])
      expect(tail).toContain(undo);
  });
});

describe('a recording of the console', () => {
  it('is an asciicast that holds what was shown, and nothing that was typed', async () => {
    const file = join(host.root, 'web.cast');
    const person = at(['console', 'web', '--record', file]);
    await atRootShell(person);
    person.type('echo rec""orded\r');
    await person.sees('recorded');
    person.type('\x1dq');
    await person.ends;
    const [header, ...events] = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ version: 2, width: 100, height: 30, title: 'web' });
    expect(
      events
        .filter(([, code]) => code === 'o')
        .map(([, , text]) => text)
        .join(''),
    ).toContain('recorded');
    expect(events.every(([, code]) => code === 'o' || code === 'r')).toBe(true);
  });
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
