/** Consoles inside the dashboard, at a real terminal, with real machines. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
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
