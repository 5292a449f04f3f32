/** Consoles and shells of machines that machined keeps, at a real terminal: by commands, and in the dashboard. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Person, personAt } from '../../e2e/terminal.ts';
import { describeAllTerminals, explained } from '../../setup/terminal-processes.ts';
import { withNspawnHost } from './nspawn-host.ts';

const host = withNspawnHost();
const people: Person[] = [];

function at(...words: readonly string[]): Person {
  const env = { ...host.env, LC_ALL: 'C.UTF-8' };
  const person = personAt(['--backend', 'nspawn', ...words], { columns: 120, rows: 40, env });
  people.push(person);
  return person;
}

beforeAll(async () => {
  await host.busyboxImage('small');
  await host.debianImage('large');
  for (const name of ['small', 'large']) await host.machinectl('start', name);
  await host.done(['exec', 'large', '--', 'sh', '-c', 'echo root:secret | chpasswd']);
}, 300_000);

/**
 * Typed again until it is answered so: a size goes another way than keys and may come behind them. Nothing that was typed behind a prompt ought to be lost:
 * agetty rests for a second, drops what came meanwhile (TCIFLUSH) and then asks; PAM drops what came (TCSETSF) and then asks; bash drops nothing.
 */
async function answersTo(person: Person, line: string, answer: string | RegExp): Promise<void> {
  const asked = () => {
    person.type(`${line}\r`);
    return new Promise<string>((resolve) => setTimeout(() => resolve(person.screen()), 500));
  };
  await explained(expect.poll(asked, { interval: 500 }).toMatch(answer), describeAllTerminals);
}

/** Whoever asks for a name in it, or took one: its own console has one too. */
const logins = async () => (await host.cli(['exec', 'large', '--', 'pgrep', '-x', 'agetty|login'])).stdout;

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('console', () => {
  it('logs in, has the window’s size, and is left by its leader while the machine goes on', async () => {
    const before = await logins();
    const person = at('console', 'large');
    await person.sees('login:');
    person.type('root\r');
    await person.sees('assword:');
    person.type('secret\r');
    await person.sees('root@large:~#');
    await answersTo(person, 'stty size; tty', /40 120\n\/dev\/pts\/\d+/);
    person.resize(100, 30);
    await answersTo(person, 'stty size', '30 100');
    person.type('\x1dq');
    await person.sees('the machine goes on');
    expect(await person.ends).toBe(0);
    // Who left is hung up on: nobody stays logged in.
    await expect.poll(logins).toBe(before);
  });

  it('sees the machine go down', async () => {
    const person = at('console', 'small');
    await person.sees('root@small:~#');
    person.type('halt\r');
    await person.sees(/small: /);
    expect(await person.ends).toBe(0);
    await host.machinectl('start', 'small');
  });
});

describe('shell', () => {
  it('is a login shell of the machine, whose code it gives', async () => {
    const person = at('shell', 'large');
    await person.sees('root@large:~#');
    person.type('tty; exit 7\r');
    await person.sees(/\/dev\/pts\/\d+/);
    expect(await person.ends).toBe(7);
  });
});

describe('the dashboard', () => {
  it('has the console of the chosen machine in its pane', async () => {
    const person = at();
    await person.sees('small');
    person.type('jc');
    await person.sees('every key goes to the console');
    await person.sees('root@small:~#');
    person.type('echo rea""dy-1\r');
    await person.sees('ready-1');
  });
});
