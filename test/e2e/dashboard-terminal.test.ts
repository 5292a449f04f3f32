/** The terminal on which the dashboard was: given back as it was on every way out. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { childOf, lineModes, modesOfShell, type Person, personAtShell } from './terminal.ts';

const host = withRoot();
const people: Person[] = [];

function atShell(environment: Readonly<Record<string, string>> = {}): Person {
  const env = { ...host.env, LC_ALL: 'C.UTF-8', ...environment };
  const person = personAtShell({ columns: 120, rows: 40, env });
  people.push(person);
  return person;
}

interface Watching extends Person {
  /** The line's modes before. */
  readonly before: string;
  readonly dashboard: number;
}

async function watching(environment: Readonly<Record<string, string>> = {}): Promise<Watching> {
  const person = atShell(environment);
  const before = await lineModes(person, 'before');
  person.type('tsmachine\r');
  await isDrawn(person);
  return { ...person, before, dashboard: childOf(person) };
}

async function isDrawn(person: Person): Promise<void> {
  await person.sees(/▸ {2}alpha +○ stopped/);
  expect(person.modes()).toEqual({
    alternateScreen: true,
    mouse: true,
    focusReports: true,
    bracketedPaste: true,
    wrap: false,
    cursor: false,
  });
}

async function isGivenBack(person: Watching): Promise<void> {
  await person.sees(/prompt>$/);
  // The shell itself turns on bracketed paste at its prompt.
  expect({ ...person.modes(), bracketedPaste: false }).toEqual(modesOfShell);
  expect(person.bytes()).toContain('\x1b[?2004l');
  expect(await lineModes(person, 'after')).toBe(person.before);
}

beforeAll(async () => {
  await host.done(['create', 'alpha', '-t', 'busybox']);
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('the terminal', () => {
  it('is given back when the dashboard is left', async () => {
    const person = await watching();
    person.type('q');
    await isGivenBack(person);
    expect(person.screen()).not.toContain('alpha');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('is given back when %s ends it, which its exit code tells', async (signal, code) => {
    const person = await watching();
    process.kill(person.dashboard, signal);
    await person.sees(/prompt>$/);
    person.type('echo "code $?"\r');
    await person.sees(new RegExp(`^code ${code}$`, 'm'));
    await isGivenBack(person);
  });

  it('is given back by a crash, whose words stay to be read', async () => {
    const crash = join(host.root, 'crash.cjs');
    writeFileSync(crash, "process.on('SIGUSR2', () => { throw new Error('crashed on purpose'); });");
    const person = await watching({ NODE_OPTIONS: `--require=${crash}` });
    process.kill(person.dashboard, 'SIGUSR2');
    await person.sees(/crashed on purpose[\s\S]*prompt>$/);
    await isGivenBack(person);
  });

  it('is given back while Ctrl-Z suspends it, and all is drawn again by fg', async () => {
    const person = await watching();
    person.type('\x1a');
    await person.sees(/Stopped[^\n]*\nprompt>$/);
    expect({ ...person.modes(), bracketedPaste: false }).toEqual(modesOfShell);
    expect(await lineModes(person, 'stopped')).toBe(person.before);
    person.type('clear; fg\r');
    await isDrawn(person);
    person.type('q');
    await isGivenBack(person);
  });

  it('is given back while SIGTSTP from elsewhere stops it, and nothing is written until SIGCONT', async () => {
    const person = await watching();
    process.kill(person.dashboard, 'SIGTSTP');
    await person.sees(/Stopped[^\n]*\nprompt>$/);
    expect({ ...person.modes(), bracketedPaste: false }).toEqual(modesOfShell);
    const before = person.bytes().length;
    await host.done(['create', 'later', '-t', 'busybox']);
    expect(person.bytes().length).toBe(before);
    person.type('fg\r');
    await isDrawn(person);
    await person.sees(/ later +○ stopped/);
    await host.done(['destroy', '--now', 'later']);
    person.type('q');
    await isGivenBack(person);
  });

  it('that goes away ends it, also where no shell tells it of the hang-up', async () => {
    const person = atShell();
    person.type("trap '' HUP; tsmachine\r");
    await isDrawn(person);
    const dashboard = childOf(person);
    person.hangUp();
    await expect.poll(() => existsSync(`/proc/${dashboard}`)).toBe(false);
  });
});
