/** What the dashboard holds while it is used over and over again, looked at from outside. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { expect } from 'vitest';
import { builtCli } from '../setup/run-cli.ts';
import { type Person, personIn } from './terminal.ts';

/** Sizes in bytes. */
export interface Held {
  /** Of the heap, without what V8 compiled: that grows for many minutes, with each function that is found to be hot. */
  readonly data: number;
  readonly compiled: number;
  readonly arrayBuffers: number;
  readonly rss: number;
  /** Handles, requests and timers that keep the process alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** By emitter and event. */
  readonly listeners: Readonly<Record<string, number>>;
  /** By what is behind the descriptor. */
  readonly files: Readonly<Record<string, number>>;
}

export interface Watched {
  readonly person: Person;
  readonly held: () => Promise<Held>;
}

export const size = { columns: 120, rows: 40 };

/** The built program with a probe put before it. @param file what it tells goes there */
export function openWatched(file: string, env: Readonly<Record<string, string>>): Watched {
  const probe = ['--expose-gc', '--require', join(import.meta.dirname, 'soak-probe.cjs')];
  const person = personIn(process.execPath, [...probe, builtCli], {
    ...size,
    env: { ...env, LC_ALL: 'C.UTF-8', SOAK_PROBE: file },
  });
  const held = async (): Promise<Held> => {
    rmSync(file, { force: true });
    process.kill(person.pid, 'SIGUSR2');
    await expect.poll(() => existsSync(file)).toBe(true);
    return JSON.parse(readFileSync(file, 'utf8'));
  };
  return { person, held };
}

const sizes = [
  [60, 15],
  [200, 50],
  [80, 24],
  [30, 8],
] as const;

const FLOOD_LINES = 20_000;

/** All that a person does in an hour, in seconds. Begins and ends at the first of three machines, a, b and c, with the same consoles open. */
export async function doAll(person: Person, turn: number): Promise<void> {
  await tabs(person);
  await dialogs(person);
  await floods(person, turn);
  await shell(person, turn);
  for (const [columns, rows] of sizes) person.resize(columns, rows);
  person.resize(size.columns, size.rows);
  await stopAndStart(person);
}

async function tabs(person: Person): Promise<void> {
  for (const [number, title] of ['Overview', 'Console', 'Charts', 'Processes', 'Snapshots'].entries()) {
    person.type(`${number + 1}`);
    await person.sees(`[${number + 1} ${title}]`);
  }
  person.type('678G');
  await person.sees(/▸ {2}c /);
  person.type('g1');
  await person.sees(/\[1 Overview\][\s\S]*▸ {2}a /);
}

async function dialogs(person: Person): Promise<void> {
  for (const [keys, shown] of [
    ['?', 'Keys'],
    [':snap', 'Commands'],
    ['a', 'Create a machine'],
    ['L', 'Limits of a'],
    ['D', 'Destroy a?'],
    ['C', 'Columns of the list'],
  ] as const) {
    person.type(keys);
    await person.sees(`┏ ${shown}`);
    person.type('\x1b');
    await person.sees('┏ Machines');
  }
  person.type('/c\r');
  await person.sees(/▸ {2}c /);
  // Esc and a letter in one are another key.
  person.type('\x1b');
  await person.sees(/ a +●[\s\S]*▸ {2}c /);
  person.type('g');
  await person.sees(/▸ {2}a /);
}

/** Three at once, side by side, typed to all of them. */
async function floods(person: Person, turn: number): Promise<void> {
  person.type('*w');
  await person.sees('Ctrl-] leaves');
  person.type('\x1db');
  await person.sees('TYPING TO ALL 3');
  person.type(`\r\ryes "$(hostname) flood" | head -n ${FLOOD_LINES}; echo en""ded-${turn}\r`);
  await person.sees(new RegExp(`(ended-${turn}[\\s\\S]*){3}`));
  person.type('\x1db\x1d[');
  await person.sees(/lines \d+-\d+ of/);
  person.type('g');
  await person.sees(/lines 1-\d+ of/);
  person.type('\x1b');
  await person.sees('Ctrl-] leaves');
  person.type('\x1dq');
  await person.sees('Enter types here');
  person.type('qqu1g');
  await person.sees(/┏ Machines[\s\S]*▸ {2}a /);
}

async function shell(person: Person, turn: number): Promise<void> {
  person.type('e');
  await person.sees('Ctrl-] leaves');
  person.type(`echo sh""ell-${turn}\r`);
  await person.sees(`shell-${turn}`);
  person.type('exit\r');
  await person.sees('the shell has ended');
  // What is typed on is not taken for keys until there was a pause.
  await rest(500);
  person.type('q1');
  await person.sees('┏ Machines');
}

async function stopAndStart(person: Person): Promise<void> {
  person.type('G');
  await person.sees(/▸ {2}c +● running/);
  person.type('X');
  await person.sees('Kill c?');
  person.type('y');
  await person.sees(/▸ {2}c +○ stopped/);
  person.type('b');
  await person.sees(/▸ {2}c +● running/);
  person.type('c');
  await person.sees('Ctrl-] leaves');
  person.type('\x1dq');
  await person.sees('Enter types here');
  person.type('q1g');
  // Its files are opened with its first sample.
  await person.sees(/┏ Machines[\s\S]*▸ {2}a [\s\S]* c +● running +\d+%/);
}

/** Bytes written in three seconds in which nobody does anything and no figures come. */
export async function bytesAtRest(person: Person): Promise<number> {
  person.type('p');
  await person.sees('PAUSED');
  await rest(300);
  const before = person.bytes().length;
  await rest(3000);
  const written = person.bytes().length - before;
  person.type('p');
  return written;
}
