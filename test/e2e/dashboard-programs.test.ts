/** Real programs in a console of the dashboard, in a machine: cell by cell and colour by colour as on a terminal of its own of the same size. */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { type CellsPlace, type Person, personAt } from './terminal.ts';

const host = withRoot();
const people: Person[] = [];

/** Inside of the border of a pane that covers the others, of 120 columns and 40 rows. */
const pane: CellsPlace = { column: 1, row: 2, columns: 118, rows: 36 };
const whole: CellsPlace = { ...pane, column: 0, row: 0 };
const patience = { interval: 30 };

function programOf(name: string): string {
  return realpathSync(spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim());
}

interface Pair {
  readonly inPane: Person;
  readonly alone: Person;
  /** To both. */
  readonly type: (keys: string) => void;
  readonly bothSee: (what: string | RegExp) => Promise<void>;
  /** Resolves when both show the same. */
  readonly alike: () => Promise<void>;
}

/** The same shell of the machine twice. */
async function pair(): Promise<Pair> {
  const env = { ...host.env, LC_ALL: 'C.UTF-8' };
  const inPane = personAt([], { columns: 120, rows: 40, env });
  const alone = personAt(['shell', 'real'], { columns: pane.columns, rows: pane.rows, env });
  people.push(inPane, alone);
  const bothSee: Pair['bothSee'] = async (what) => {
    await inPane.sees(what);
    await alone.sees(what);
  };
  const type: Pair['type'] = (keys) => {
    inPane.type(keys);
    alone.type(keys);
  };
  await inPane.sees(/▸ {2}real/);
  inPane.type('e\x1dz');
  await inPane.sees(/^┏ 1 Overview/m);
  type('export TERM=xterm-256color LC_ALL=C.UTF-8 PS1="> "; cd /tmp; clear; echo rea""dy\r');
  await bothSee('ready');
  return {
    inPane,
    alone,
    type,
    bothSee,
    alike: () => expect.poll(() => inPane.cells(pane), patience).toEqual(alone.cells(whole)),
  };
}

beforeAll(async () => {
  const binds = ['/usr:/usr:ro', '/usr/lib:/lib:ro', '/usr/lib64:/lib64:ro'];
  await host.done([
    ...['create', 'real', '-t', 'busybox', '--start'],
    ...binds.flatMap((bind) => ['--set', `bind=${bind}`]),
  ]);
});

afterEach(async () => {
  for (const person of people.splice(0)) await person.close();
});

describe('in a console of the dashboard looks as elsewhere', () => {
  it('vim: wide and combining characters, cursor keys, pasted text, the mouse, two windows, and what was there before', async () => {
    const { inPane, alone, type, bothSee, alike } = await pair();
    type(
      `echo before; ${programOf('vim')} -n -u NONE -N -c 'syntax on | set mouse=a ttymouse=sgr ruler hls et ttimeout ttimeoutlen=50' x.c\r`,
    );
    await bothSee(/0,0-1/);
    type('iint main(void) { return 0; } /* 日本語 한글 e\u0301a\u0308 */\rsecond');
    // Up and End, as each terminal sends them to one who asked for them so.
    inPane.type('\x1b[A\x1b[F!');
    alone.type('\x1bOA\x1bOF!');
    await bothSee(/!/);
    await alike();
    type('\x1b[200~pasted\ttext, 漢字\x1b[201~');
    await bothSee('漢字');
    await alike();
    // A key of its own: vim on its own terminal at times stays in insert mode when Escape comes in one piece with the end of a paste.
    type('\x1b');
    await bothSee('1,76-73');
    await alike();
    type(':vsplit\r:set nu\r/return\r');
    await bothSee(/search hit|return/);
    await alike();
    // A click into the first row of the other window, at its place in each terminal.
    inPane.type('\x1b[<0;81;3M\x1b[<0;81;3m');
    alone.type('\x1b[<0;80;1M\x1b[<0;80;1m');
    type('iclicked');
    await bothSee('clicked');
    type('\x1b');
    await alike();
    type(':qa!\r');
    await bothSee(/before[\s\S]*>/);
    await alike();
  });

  it('tmux: two panes with a line between them, its status line, and wide characters in both', async () => {
    const { type, bothSee, alike } = await pair();
    const tmux = `${programOf('tmux')} -u -f /dev/null -S /tmp/$$.sock`;
    type(`${tmux} new-session 'PS1="% " sh' \\; set -g status-right end \\; set -g status-left begin\r`);
    await bothSee(/begin[\s\S]*end/);
    type('\x02%');
    await bothSee(/BusyBox[\s\S]*BusyBox[\s\S]*# /);
    type('echo 日本語 r""ight\r');
    await bothSee('日本語 right');
    type('\x02\x1b[D');
    type('printf "\\033[1;31mred\\033[0m 한글 l""eft\\n"\r');
    await bothSee('한글 left');
    await alike();
    type(`${programOf('tmux')} kill-server\r`);
    await bothSee('exited]');
    await alike();
  });

  it('htop: its meters, columns and keys, in colour, with keys of the mouse', async () => {
    const { inPane, alone, type, bothSee } = await pair();
    type(`${programOf('htop')} -d 100\r`);
    await bothSee(/F10Quit/);
    // The figures differ from moment to moment.
    const fixed = (rows: readonly string[]): readonly string[] => [
      rows.find((row) => row.includes('P') && /Command|CPU/.test(row.replace(/<[^>]*>/g, ''))) ??
        'no columns',
      rows.at(-1) ?? '',
    ];
    await expect.poll(() => fixed(inPane.cells(pane)), patience).toEqual(fixed(alone.cells(whole)));
    // F10 in the last row.
    inPane.type('\x1b[<0;76;38M\x1b[<0;76;38m');
    alone.type('\x1b[<0;75;36M\x1b[<0;75;36m');
    await bothSee(/> \S*htop -d 100/);
    type('echo le""ft\r');
    await bothSee('left');
  });
});
