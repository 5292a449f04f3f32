/** `top` at a real terminal, with real machines. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { childOf, lineModes, type Person, type PersonOptions, personAt, personAtShell } from './terminal.ts';

const host = withRoot();
const people: Person[] = [];
const utf8 = { LC_ALL: 'C.UTF-8' };

function at(words: readonly string[], options: PersonOptions = {}): Person {
  const person = personAt(words, { ...options, env: { ...host.env, ...utf8, ...options.env } });
  people.push(person);
  return person;
}

function atShell(environment: Readonly<Record<string, string>> = {}): Person {
  const person = personAtShell({ env: { ...host.env, ...utf8, ...environment } });
  people.push(person);
  return person;
}

/** On the alternate screen there is nothing but what is drawn. */
const lines = (person: Person): readonly string[] => person.screen().split('\n');

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** No more bytes come: what was asked for is drawn. */
async function quiet(person: Person): Promise<number> {
  for (let before = -1; ; ) {
    const now = person.bytes().length;
    if (now === before) return now;
    before = now;
    await pause(300);
  }
}

beforeAll(async () => {
  for (const name of ['alpha', 'beta']) await host.done(['create', name, '-t', 'busybox', '--start']);
  await host.done(['create', 'busy', '-t', 'busybox', '--set', 'cpu.max=10%', '--start']);
  await host.done(['exec', 'busy', '--', 'sh', '-c', 'while :; do :; done >/dev/null 2>&1 &']);
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('top', () => {
  it('shows machines with the busiest first, and says what slows the selected one down; q leaves', async () => {
    const person = at(['top', '-d', '0.3']);
    await person.sees(/^▸ busy .*● running/m);
    await person.sees(/busy: .*throttled \d+% of the time by cpu\.max=10%/);
    await person.sees(/^ {2}alpha /m);
    person.type('q');
    expect(await person.ends).toBe(0);
    expect(person.screen()).not.toContain('alpha');
  });

  it('is moved through by keys, and the selection stays on its machine when the order changes', async () => {
    const person = at(['top', '-d', '0.3', '--sort', 'name']);
    await person.sees(/^▸ alpha/m);
    person.type('j');
    await person.sees(/^▸ beta/m);
    person.type('G');
    await person.sees(/^▸ busy/m);
    person.type('\x1b[A');
    await person.sees(/^▸ beta/m);
    person.type('R');
    await person.sees(/^ {2}busy [^\n]*\n▸ beta [^\n]*\n {2}alpha /m);
    person.type('q');
    await person.ends;
  });

  it('filters by name, and Escape shows all again', async () => {
    const person = at(['top', '-d', '0.3']);
    await person.sees(/^ {2}alpha /m);
    person.type('/bet');
    await person.sees(/^▸ beta /m);
    expect(person.screen()).not.toMatch(/^..alpha /m);
    person.type('\x1b');
    await person.sees(/alpha /);
    person.type('q');
    await person.ends;
  });

  it('expands a machine to its processes, with pids inside and outside', async () => {
    const person = at(['top', '-d', '0.3', '--sort', 'name']);
    await person.sees(/^▸ alpha/m);
    person.type('\r');
    const { pid } = JSON.parse(await host.done(['info', 'alpha', '--json'])).machine;
    await person.sees(new RegExp(`^ +pid ${pid} +inside 1 .*init`, 'm'));
    person.type('\r');
    await person.sees(/^▸ alpha[^\n]*\n {2}beta/m);
    person.type('q');
    await person.ends;
  });

  it('shows help, and sorts by the next column', async () => {
    const person = at(['top', '-d', '0.3'], { rows: 45 });
    await person.sees(/by -cpu/);
    person.type('>');
    await person.sees(/by -quota/);
    person.type('?');
    await person.sees(/THROT .*held back by cpu\.max/);
    person.type('q');
    await person.sees(/▸ /);
    person.type('q');
    expect(await person.ends).toBe(0);
  });

  it('fits every window, also while that changes', async () => {
    const person = at(['top', '-d', '0.3'], { columns: 120, rows: 40 });
    await person.sees(/P:MEM/);
    for (const [columns, rows] of [
      [60, 15],
      [200, 50],
      [33, 7],
      [80, 24],
    ] as const) {
      person.resize(columns, rows);
      // The last row of the window is the last one that is drawn.
      const isDrawn = () => {
        const shown = lines(person);
        return shown.length === rows && /^top on /.test(shown[0] ?? '') && /^Enter/.test(shown.at(-1) ?? '');
      };
      await expect.poll(isDrawn).toBe(true);
    }
    await person.sees(/^▸ busy .*● running/m);
    person.type('q');
    await person.ends;
  });

  it('uses letters alone where there is no Unicode, and no colour with NO_COLOR', async () => {
    const person = at(['top', '-d', '0.3'], { env: { LC_ALL: 'C', NO_COLOR: '1' } });
    await person.sees(/^> busy .*\+ running/m);
    await pause(500);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    expect(person.bytes()).not.toMatch(/\x1b\[(3|7)\d?m/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is meant
    expect(person.bytes()).toMatch(/^[\x00-\x7f]*$/);
    person.type('q');
    await person.ends;
  });
});

describe('what top writes', () => {
  it('is nothing at all while it is paused', async () => {
    const person = at(['top', '-d', '0.1']);
    await person.sees(/^▸ busy/m);
    person.type('p');
    await person.sees('PAUSED');
    const before = await quiet(person);
    await pause(1000);
    expect(person.bytes().length).toBe(before);
    person.type('p');
    await person.sees('every 0.1 s');
    person.type('q');
    await person.ends;
  });

  it('are changed rows alone, and never the whole screen anew', async () => {
    const person = at(['top', '-d', '0.2', '--sort', 'name']);
    await person.sees(/^▸ alpha/m);
    person.type('p');
    await person.sees('PAUSED');
    await quiet(person);
    const before = person.bytes().length;
    person.type('j');
    await person.sees(/^▸ beta/m);
    await quiet(person);
    const written = person.bytes().slice(before);
    const rows = [...written.matchAll(/\[(\d+);1H/g)].map(([, row]) => Number(row));
    // The two machines, and what is told of the one that is selected now.
    expect(rows.slice(0, 2)).toEqual([3, 4]);
    expect(rows.length).toBeLessThanOrEqual(7);
    expect(person.bytes()).not.toContain('\x1b[2J');
    person.type('q');
    await person.ends;
  });
});

describe('a terminal that tells whether it is looked at', () => {
  it('is asked to, and shown less often what changes while it is not', async () => {
    const person = at(['top', '-d', '0.2']);
    await person.sees(/every 0\.2 s/);
    expect(person.bytes()).toContain('\x1b[?1004h');
    person.type('\x1b[O');
    await person.sees('every 1 s (not in focus)');
    person.type('\x1b[I');
    await person.sees(/every 0\.2 s:/);
    person.type('q');
    await person.ends;
    expect(person.bytes()).toContain('\x1b[?1004l');
  });
});

describe('the terminal', () => {
  const undone = ['\x1b[?1049l', '\x1b[?25h', '\x1b[?7h', '\x1b[?1004l'];

  async function watching(
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Person & { readonly before: string; readonly top: number }> {
    const person = atShell(environment);
    const before = await lineModes(person, 'before');
    person.type('tsmachine top -d 0.3\r');
    await person.sees(/^▸ busy/m);
    return { ...person, before, top: childOf(person) };
  }

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('is given back when %s ends it', async (signal) => {
    const person = await watching();
    process.kill(person.top, signal);
    await person.sees(/prompt>$/);
    expect(await lineModes(person, 'after')).toBe(person.before);
    for (const undo of undone) expect(person.bytes()).toContain(undo);
  });

  it('is given back by a crash, whose words stay to be read', async () => {
    const crash = join(host.root, 'crash.cjs');
    writeFileSync(crash, "process.on('SIGUSR2', () => { throw new Error('crashed on purpose'); });");
    const person = await watching({ NODE_OPTIONS: `--require=${crash}` });
    process.kill(person.top, 'SIGUSR2');
    await person.sees(/crashed on purpose[\s\S]*prompt>$/);
    expect(await lineModes(person, 'after')).toBe(person.before);
    for (const undo of undone) expect(person.bytes()).toContain(undo);
  });

  it('is given back while SIGTSTP from elsewhere stops it, and nothing is written until SIGCONT', async () => {
    const person = await watching();
    process.kill(person.top, 'SIGTSTP');
    await person.sees(/Stopped[^\n]*\nprompt>$/);
    for (const undo of undone) expect(person.bytes()).toContain(undo);
    const before = person.bytes().length;
    await pause(1000);
    expect(person.bytes().length).toBe(before);
    expect(await lineModes(person, 'stopped')).toBe(person.before);
    person.type('fg\r');
    await person.sees(/^▸ busy/m);
    person.type('q');
    await person.sees(/prompt>$/);
    expect(await lineModes(person, 'after')).toBe(person.before);
  });

  it('that goes away ends it, also where no shell tells it of the hang-up', async () => {
    const person = atShell();
    person.type("trap '' HUP; tsmachine top -d 0.3\r");
    await person.sees(/^▸ busy/m);
    const top = childOf(person);
    person.hangUp();
    await expect.poll(() => existsSync(`/proc/${top}`)).toBe(false);
  });

  it('is given back when it is left, and by Ctrl-C', async () => {
    for (const key of ['q', '\x03']) {
      const person = await watching();
      person.type(key);
      await person.sees(/prompt>$/);
      expect(await lineModes(person, 'after')).toBe(person.before);
    }
  });

  it('is given back while Ctrl-Z suspends it, and drawn on again afterwards', async () => {
    const person = await watching();
    person.type('\x1a');
    await person.sees(/Stopped[^\n]*\nprompt>$/);
    expect(await lineModes(person, 'stopped')).toBe(person.before);
    person.type('fg\r');
    await person.sees(/^▸ busy/m);
    person.type('q');
    await person.sees(/prompt>$/);
    expect(await lineModes(person, 'after')).toBe(person.before);
  });
});

describe('a machine', () => {
  it('that ends while it is watched goes from the list, one that starts comes', async () => {
    const person = at(['top', '-d', '0.3']);
    await person.sees(/^ {2}alpha /m);
    await host.done(['create', 'late', '-t', 'busybox', '--start']);
    await person.sees(/^..late /m);
    await host.done(['destroy', '--force', '--now', 'late']);
    await person.sees(/3 machines/);
    expect(person.screen()).not.toMatch(/^..late /m);
    person.type('q');
    await person.ends;
  });
});

describe('top that cannot draw', () => {
  it('says so for a dumb terminal, with what works there', async () => {
    const person = at(['top'], { env: { TERM: 'dumb' } });
    expect(await person.ends).toBe(2);
    expect(person.screen()).toContain('--batch');
  });

  it('ends quietly when its reader has gone', async () => {
    const person = atShell();
    person.type('tsmachine top --batch -d 0.1 | head -1; echo "code $PIPESTATUS"\r');
    await person.sees(/^code 141$/m);
  });
});
