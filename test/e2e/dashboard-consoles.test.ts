/** Consoles inside the dashboard, at a real terminal, with real machines. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { type Person, type PersonOptions, personAt } from './terminal.ts';

const host = withRoot();
const people: Person[] = [];

function at(options: PersonOptions = {}): Person {
  const person = personAt([], {
    columns: 120,
    rows: 40,
    ...options,
    env: { ...host.env, LC_ALL: 'C.UTF-8', ...options.env },
  });
  people.push(person);
  return person;
}

let greetings = 0;

/** Enter at the console of a busybox machine brings its shell, which shows that it listens. */
async function atRootShell(person: Person): Promise<void> {
  person.type('\r');
  await person.sees(/# /);
  greetings += 1;
  person.type(`echo rea""dy-${greetings}\r`);
  await person.sees(new RegExp(`[┃│]ready-${greetings} `));
}

async function leaveAll(person: Person): Promise<void> {
  person.type('\x1dq');
  await person.sees('Enter types here');
  person.type('qq');
  await person.sees('Leave?');
  person.type('y');
  expect(await person.ends).toBe(0);
}

beforeAll(async () => {
  for (const name of ['alpha', 'beta']) await host.done(['create', name, '-t', 'busybox', '--start']);
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('a console in the dashboard', () => {
  it('is typed at once it is asked for, says how to leave it, and shows the keys behind the leader', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('c\recho in-$((40+2))\r');
    await person.sees(/┃in-42 /);
    await person.sees('Ctrl-] leaves');
    person.type('\x1d');
    await person.sees('q leave  ] Ctrl-]');
    person.type('\x1d\x1d');
    await person.sees('Enter types here');
    person.type('c');
    await leaveAll(person);
  });

  it('gives the machine the size of its pane, zoomed too', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('c');
    await atRootShell(person);
    person.type('\x1dz');
    await person.sees(/^┏ 1 Overview/m);
    person.type('stty size\r');
    await person.sees(/┃36 118 /);
    person.type('\x1dz');
    await person.sees('┌ Machines');
    await leaveAll(person);
  });

  it('passes Ctrl-C, Escape and a literal leader', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('c');
    await atRootShell(person);
    person.type("stty raw -echo; echo ra''w-now; head -c 4 | od -An -tx1; stty sane; echo do''ne\r");
    await person.sees('raw-now');
    person.type('\x03\x1a\x1d]x');
    await person.sees('03 1a 1d 78');
    await leaveAll(person);
  });

  it('is one of several side by side, which all get what is typed once', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('*w');
    await person.sees(/┏ alpha .*┌ beta/);
    person.type('\x1db');
    await person.sees(/TYPING TO ALL 2.*TYPING TO ALL 2/);
    person.type('\r');
    await person.sees(/root@alpha/);
    await person.sees(/root@beta/);
    person.type('echo I am $(hostname).\r');
    await person.sees(/I am alpha\./);
    await person.sees(/I am beta\./);
    person.type('\x1db');
    await person.sees('Ctrl-] leaves');
    person.type('\x1dnecho on""ly one\r');
    await person.sees('only one');
    expect(person.screen().match(/only one/g)).toHaveLength(1);
    person.type('\x1dq');
    await person.sees(/┌ alpha .*┌ beta/);
    person.type('\x1b');
    await person.sees('[2 Console]');
    person.type('c');
    await leaveAll(person);
  });

  it('shows lines from above with their place, and finds text in them', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('c');
    await atRootShell(person);
    person.type('i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo number $i.; done\r');
    await person.sees('number 400.');
    person.type('\x1d[/number 17.\r');
    await person.sees(/number 17\. /);
    await person.sees(/lines \d+-\d+ of \d+ {2}\/number 17\./);
    person.type('\x1b');
    await person.sees('number 400.');
    await leaveAll(person);
  });

  it('goes on through a reboot, and says how the machine ended', async () => {
    await host.done(['create', 'phoenix', '-t', 'busybox', '--start']);
    const person = at();
    await person.sees(/ phoenix /);
    person.type('G');
    await person.sees(/▸ {2}phoenix/);
    person.type('c');
    await atRootShell(person);
    person.type('reboot\r');
    await person.sees('the machine reboots');
    await person.sees(/reboots][\s\S]*login/);
    await atRootShell(person);
    person.type('poweroff\r');
    await person.sees(/powered off {2}c opens it anew/);
    expect(person.screen()).toContain('poweroff');
    person.type('qq');
    expect(await person.ends).toBe(0);
  });
});

describe('a recording of a console in the dashboard', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsmachine-recordings-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const files = (): readonly string[] => readdirSync(folder).map((name) => join(folder, name));
  const eventsIn = (path: string): readonly (readonly unknown[])[] =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line));
  const outputIn = (path: string): string =>
    eventsIn(path)
      .filter(([, code]) => code === 'o')
      .map(([, , text]) => text)
      .join('');

  it('has all that was shown and its sizes, for its owner alone, and is played in place', async () => {
    const person = at({ cwd: folder });
    await person.sees(/▸ {2}alpha/);
    person.type('c');
    await atRootShell(person);
    person.type('echo be""fore\r');
    await person.sees('before');
    person.type('\x1dr');
    await person.sees(/REC Ctrl-] leaves/);
    person.type('echo re""corded-1\r');
    await person.sees('recorded-1');
    person.resize(100, 30);
    await person.sees(/^┌ Machines.{89}┓$/m);
    person.type('stty size\r');
    await person.sees(/┃26 \d+ /);
    person.type('\x1dr');
    await person.sees('recorded: ');
    const [path = ''] = files();
    expect(path).toMatch(/alpha-\d{4}-\d\d-\d\dT[\d-]{8}\.cast$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const [header = ''] = readFileSync(path, 'utf8').split('\n');
    expect(JSON.parse(header)).toMatchObject({ version: 2, height: 36, title: 'alpha' });
    expect(outputIn(path)).toMatch(/before[\s\S]*recorded-1[\s\S]*26 \d+\r\n/);
    expect(eventsIn(path).filter(([, code]) => code === 'r')).toEqual([
      [expect.any(Number), 'r', expect.stringMatching(/^\d+x26$/)],
    ]);
    const times = eventsIn(path).map(([time]) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeLessThan(1);
    person.type('clear\r\x1dqP');
    await person.sees(/Recordings[\s\S]*alpha-.*\.cast/);
    person.type('\r');
    await person.sees(/REPLAY (playing|ended)/);
    person.type('G');
    await person.sees(/recorded-1[\s\S]*REPLAY ended/);
    person.type('g');
    await person.sees(/0:00\/0:\d\d {2}REPLAY held/);
    expect(person.screen()).not.toContain('recorded-1');
    person.type('q');
    await person.sees('Enter types here');
    person.type('qq');
    await person.sees('1 console is open');
    person.type('y');
    expect(await person.ends).toBe(0);
  });

  it('is whole also when the dashboard is killed meanwhile', async () => {
    const before = files();
    const person = at({ cwd: folder });
    await person.sees(/▸ {2}alpha/);
    person.type('jc');
    await atRootShell(person);
    person.type('\x1drecho last""-words\r');
    await person.sees('last-words');
    process.kill(person.pid, 'SIGKILL');
    await person.ends;
    const [path = ''] = files().filter((file) => !before.includes(file));
    expect(path).toContain('/beta-');
    expect(outputIn(path)).toContain('last-words');
  });
});

describe('a shell in the dashboard', () => {
  it('is opened in place, is left as a console is, and says when it has ended', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('e');
    await person.sees(/┃.*# /);
    person.type('echo sh$((6*7))\r');
    await person.sees('sh42');
    person.type('stty size\r');
    await person.sees(/┃36 \d+ /);
    person.type('exit\r');
    await person.sees('the shell has ended');
    person.type('qq');
    expect(await person.ends).toBe(0);
  });

  it('has the whole terminal by E, and the dashboard comes back', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('E');
    await person.sees(/^[^┃│]*# ?$/m);
    person.type('echo whole$((6*7)); stty size\r');
    await person.sees(/whole42\n40 120/);
    person.type('exit\r');
    await person.sees(/▸ {2}alpha/);
    person.type('j');
    await person.sees(/▸ {2}beta/);
    person.type('kqq');
    expect(await person.ends).toBe(0);
  });
});
