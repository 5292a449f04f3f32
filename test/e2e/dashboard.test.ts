/** The dashboard at a real terminal, with real machines. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { type Person, type PersonOptions, personAt } from './terminal.ts';

const host = withRoot();
const people: Person[] = [];

function at(words: readonly string[] = [], options: PersonOptions = {}): Person {
  const size = { columns: 120, rows: 40 };
  const person = personAt(words, {
    ...size,
    ...options,
    env: { ...host.env, LC_ALL: 'C.UTF-8', ...options.env },
  });
  people.push(person);
  return person;
}

async function leave(person: Person): Promise<void> {
  person.type('q');
  expect(await person.ends).toBe(0);
}

async function stateOf(name: string): Promise<string> {
  return JSON.parse(await host.done(['info', name, '--json'])).machine.state;
}

beforeAll(async () => {
  for (const name of ['alpha', 'beta']) await host.done(['create', name, '-t', 'busybox', '--start']);
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('the dashboard', () => {
  it('lists machines with their states, tells of the selected one, and q leaves it', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha +● running/);
    await person.sees(/ {3}beta +● running/);
    await person.sees(/pid +\d+ on the host, 1 inside/);
    await leave(person);
    expect(person.screen()).not.toContain('alpha');
  });

  it('is what tsmachine is on a terminal; elsewhere that lists', async () => {
    expect(await host.done([])).toMatch(/^alpha +running/m);
    const { code, stderr } = await host.cli(['dashboard']);
    expect(code).toBe(2);
    expect(stderr).toContain('tsmachine list');
  });

  it('gives the whole terminal to a command that has no place in it, until what it says was read', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type(':template list');
    await person.sees('on the whole terminal');
    person.type('\r');
    await person.sees(/busybox[\s\S]*\[it ended with 0\] Enter/);
    expect(person.screen()).not.toContain('Machines');
    person.type('\r');
    await person.sees(/▸ {2}alpha +● running/);
    await leave(person);
  });

  it('selects by keys, and shows the tabs of who is selected', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('j');
    await person.sees(/▸ {2}beta/);
    person.type('7');
    await person.sees(/\[7 Events\][\s\S]*started/);
    person.type('\x1b[A4');
    await person.sees(/\[4 Processes\][\s\S]*INSIDE[\s\S]*init/);
    await leave(person);
  });

  it('starts and stops a machine by keys, with the command line that does the same', async () => {
    await host.done(['create', 'made', '-t', 'busybox']);
    const person = at();
    await person.sees(/ {3}made +○ stopped/);
    person.type('G');
    await person.sees(/▸ {2}made/);
    person.type('b');
    await person.sees(/made +● running/);
    await person.sees('made: started  tsmachine start made  (y copies)');
    expect(await stateOf('made')).toBe('running');
    person.type('y');
    await person.sees('copied: tsmachine start made');
    expect(person.bytes()).toContain(
      `\x1b]52;c;${Buffer.from('tsmachine start made').toString('base64')}\x07`,
    );
    person.type('X');
    await person.sees('Kill made?');
    person.type('y');
    await person.sees(/made +○ stopped/);
    await leave(person);
  });

  it('takes a snapshot by a form, and shows it', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('5');
    await person.sees('no snapshot yet: S takes one');
    person.type('S');
    await person.sees('Snapshot of alpha');
    person.type('before\tso it began\r');
    await person.sees(/snapshot before taken/);
    await person.sees(/before .*so it began/);
    expect(await host.done(['snapshots', 'alpha'])).toContain('so it began');
    await leave(person);
  });

  it('destroys only who has its name typed, and brings it back by undo', async () => {
    await host.done(['create', 'zero', '-t', 'busybox']);
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('G');
    await person.sees(/▸ {2}zero/);
    person.type('D');
    await person.sees('type zero to go on');
    person.type('zer\r');
    await person.sees('go on: zer_');
    expect(await stateOf('zero')).toBe('stopped');
    person.type('o\r');
    await person.sees('zero: in the trash; z brings it back');
    await expect.poll(() => person.screen()).not.toMatch(/zero +○ stopped/);
    person.type('z');
    await person.sees(/ zero +○ stopped/);
    expect(await stateOf('zero')).toBe('stopped');
    await leave(person);
  });

  it('filters by words and conditions; Escape shows all again', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('/bet state:running');
    await person.sees(/▸ {2}beta/);
    expect(person.screen()).not.toMatch(/ alpha +●/);
    person.type('\r');
    await person.sees('/bet state:running');
    person.type('\x1b');
    await person.sees(/ alpha +●/);
    await leave(person);
  });

  it('tells its keys, and finds commands by name', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('?');
    await person.sees(/Keys[\s\S]*next line/);
    person.type('\x1b');
    await expect.poll(() => person.screen()).not.toContain('next line');
    person.type(':rename');
    await person.sees(/rename/);
    person.type('\r');
    await person.sees('Rename alpha');
    person.type('\x1b');
    await expect.poll(() => person.screen()).not.toContain('Rename alpha');
    await leave(person);
  });

  it('changes nothing with --read-only, and no key takes that back', async () => {
    const person = at(['--read-only']);
    await person.sees('READ-ONLY');
    await person.sees(/▸ {2}alpha/);
    for (const key of ['!', 's', 'X', 'D', 'S', 'a']) {
      person.type(key);
      if (key !== '!') await person.sees('read-only: nothing is changed');
    }
    await leave(person);
    expect(await stateOf('alpha')).toBe('running');
  });

  it('opens a console in place, and its leader leaves it', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    person.type('c');
    await person.sees('[2 Console]');
    // Enter first, which getty waits for.
    person.type('\recho con$((6*7))sole\r');
    await person.sees('con42sole');
    await person.sees('┌ Machines');
    person.type('\x1dq');
    await person.sees('Enter types here');
    person.type('q');
    await person.sees('┏ Machines');
    person.type('q');
    await person.sees('Leave?');
    person.type('y');
    expect(await person.ends).toBe(0);
  });
});

describe('what happens elsewhere', () => {
  it('is seen without a key: machines come, start and go', async () => {
    const person = at();
    await person.sees(/▸ {2}alpha/);
    await host.done(['create', 'late', '-t', 'busybox']);
    await person.sees(/ late +○ stopped/);
    await host.done(['start', 'late']);
    await person.sees(/ late +● running/);
    await host.done(['freeze', 'late']);
    await person.sees(/ late +■ frozen/);
    await host.done(['destroy', '--force', '--now', 'late']);
    await expect.poll(() => person.screen()).not.toMatch(/ late +/);
    await leave(person);
  });

  it('makes a dialog about a machine that is gone say so when it is answered', async () => {
    await host.done(['create', 'fleeting', '-t', 'busybox']);
    const person = at();
    await person.sees(/ {3}fleeting/);
    person.type('/fleeting\r');
    await person.sees(/▸ {2}fleeting/);
    person.type('D');
    await person.sees('type fleeting to go on');
    await host.done(['destroy', '--now', 'fleeting']);
    person.type('fleeting\r');
    await person.sees(/This failed[\s\S]*destroy --force fleeting[\s\S]*no machine[\s\S]*fleeting/);
    person.type('\x1b');
    await expect.poll(() => person.screen()).not.toContain('This failed');
    person.type('\x1b');
    await person.sees(/▸ {2}alpha/);
    await leave(person);
  });
});
