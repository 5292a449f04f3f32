/** The dashboard in tmux, a terminal that many sit at and that draws for itself. */
import { afterEach, expect, it } from 'vitest';
import { withRoot } from '../setup/with-root.ts';
import { openTmux, type Tmux } from './tmux.ts';

const host = withRoot();
const opened: Tmux[] = [];

function at(terminal: string): Tmux {
  const env = { ...host.env, LC_ALL: 'C.UTF-8', NO_COLOR: '' };
  const tmux = openTmux({ terminal, columns: 120, rows: 40, env });
  opened.push(tmux);
  return tmux;
}

/** Alternate screen, mouse, cursor, wrapping. */
const modes = '#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{wrap_flag}';
const ofShell = '0 0 1 1';
const ofDashboard = '1 1 0 0';

/** The modes of the line, at the shell's prompt. */
async function lineModes(tmux: Tmux, mark: string): Promise<string> {
  tmux.type(`echo ${mark}=$(stty -g | cksum)\n`);
  await tmux.sees(new RegExp(`^${mark}=\\S+`, 'm'));
  return new RegExp(`^${mark}=(\\S+)`, 'm').exec(tmux.shown())?.[1] ?? '';
}

/** It is drawn in the window's size: its last border ends in the last column, and no row goes on in another. */
async function fills(tmux: Tmux, columns: number, rows: number): Promise<void> {
  const lines = (): readonly string[] => tmux.shown().replace(/\n$/, '').split('\n');
  await expect.poll(() => lines()[rows - 2] ?? '').toMatch(new RegExp(`^[└┗].{${columns - 2}}[┘┛]$`));
  expect(lines()).toHaveLength(rows);
}

afterEach(() => {
  for (const tmux of opened.splice(0)) tmux.close();
});

it('makes a machine in tmux, boots it before the eyes, follows the window, and gives the shell back', async () => {
  const tmux = at('tmux-256color');
  const before = await lineModes(tmux, 'before');
  tmux.type('tsmachine\n');
  await tmux.sees('no machine yet: a creates one');
  expect(tmux.tells(modes)).toBe(ofDashboard);
  expect(tmux.coloured()).toContain('\x1b[1m\x1b[36m┏');
  tmux.type('amade');
  await tmux.sees(/name +made_/);
  tmux.keys('Enter');
  await tmux.sees(/made +● running/);
  await tmux.sees('Ctrl-] leaves');
  tmux.keys('Enter');
  await tmux.sees(/┃\S*# /);
  tmux.type('stty size; echo in-$((40+2))\n');
  await tmux.sees(/┃in-42 /);
  expect(tmux.shown()).toMatch(/┃36 68 /);
  await fills(tmux, 120, 40);
  tmux.resize(80, 24);
  // What is typed before the dashboard knows would be answered with the size that was.
  await fills(tmux, 80, 24);
  tmux.type('clear; stty size\n');
  await tmux.sees(/┃12 78 /);
  tmux.keys('C-]', 'q');
  await tmux.sees('Enter types here');
  tmux.keys('q');
  await tmux.sees('┏ Machines');
  tmux.keys('q');
  await tmux.sees('Leave?');
  tmux.keys('y');
  await tmux.sees(/prompt> tsmachine\nprompt>\s*$/);
  expect(tmux.tells(modes)).toBe(ofShell);
  expect(tmux.shown()).not.toMatch(/Machines|made/);
  expect(await lineModes(tmux, 'after')).toBe(before);
});

it('shows the same as a terminal that calls itself screen, and takes its keys', async () => {
  await host.done(['create', 'other', '-t', 'busybox']);
  const tmux = at('screen');
  tmux.type('tsmachine\n');
  await tmux.sees(/▸ {2}made/);
  tmux.keys('Down');
  await tmux.sees(/▸ {2}other +○ stopped/);
  tmux.keys('7');
  await tmux.sees(/\[7 Events\][\s\S]*created/);
  tmux.keys('q');
  await tmux.sees(/prompt> tsmachine\nprompt>\s*$/);
  expect(tmux.tells(modes)).toBe(ofShell);
});
