import { type IPty, spawn } from 'node-pty';
import { afterEach, describe, expect, it } from 'vitest';
import { describeAllTerminals, describeSession, explained } from './terminal-processes.ts';

const shells: IPty[] = [];

function shell(line: string): IPty {
  const env = { PATH: process.env['PATH'], PS1: '> ', HISTFILE: '' };
  const pty = spawn('/bin/bash', ['--norc', '--noprofile', '-i'], { env });
  shells.push(pty);
  pty.write(`${line}\r`);
  return pty;
}

afterEach(async () => {
  for (const pty of shells.splice(0)) {
    const ended = new Promise((resolve) => pty.onExit(resolve));
    // The whole session is hung up on.
    pty.kill('SIGHUP');
    await ended;
  }
});

/** Words of a row, by those of the head. */
function row(text: string, command: string): Readonly<Record<string, string>> {
  const [, head = '', ...rows] = text.split('\n');
  const found = rows.find((line) => line.endsWith(`  ${command}`)) ?? '';
  const split = (line: string) => line.trim().split(/ {2,}/);
  const names = split(head);
  return Object.fromEntries(split(found).map((cell, column) => [names[column], cell]));
}

describe('what the processes at a terminal do', () => {
  it('tells who is in the foreground, who waits for whom, and for what in the kernel', async () => {
    const { pid } = shell('sleep 1001 & sleep 1002; echo done');
    const told = () => describeSession(pid);
    await expect.poll(() => row(told(), 'sleep 1002')['STATE']).toBe('S');
    const leader = { PID: `${pid}`, PGRP: `${pid}`, STATE: 'S' };
    const front = row(told(), 'sleep 1002');
    expect(front).toMatchObject({ PPID: `${pid}`, PGRP: front['PID'], FOREGROUND: 'yes' });
    await expect.poll(() => row(told(), 'sleep 1002')['WAITS IN']).toMatch(/nanosleep/);
    await expect.poll(() => row(told(), 'sleep 1001')).toMatchObject({ FOREGROUND: front['PID'] });
    await expect
      .poll(() => row(told(), '/bin/bash --norc --noprofile -i'))
      .toMatchObject({ ...leader, FOREGROUND: front['PID'], 'WAITS IN': expect.stringMatching(/wait/) });
  });

  it('shows one that was stopped, for it read behind the foreground', async () => {
    const { pid } = shell('cat &');
    await expect.poll(() => row(describeSession(pid), 'cat')['STATE']).toBe('T');
    expect(row(describeSession(pid), 'cat')['FOREGROUND']).toBe(`${pid}`);
  });

  it('goes along into a session of its own, as long as its parent is there', async () => {
    const { pid } = shell("sh -c 'setsid --wait sleep 1003; :'");
    await expect.poll(() => row(describeSession(pid), 'sleep 1003')).toMatchObject({ FOREGROUND: '-' });
    expect(describeAllTerminals()).toContain('--norc');
    expect(describeAllTerminals()).not.toMatch(/ {2}sleep 1003$/m);
  });

  it('says that nothing is left, and how busy the host is', async () => {
    const pty = shell('exit');
    shells.splice(0);
    await new Promise((resolve) => pty.onExit(resolve));
    expect(describeSession(pty.pid)).toMatch(/^Processes of session \d+ \(load [\d.]+, [\d.]+.*\): none$/);
  });
});

describe('a wait that failed', () => {
  it('has it in its error; one that did not tells nothing', async () => {
    const tell = () => 'what there was';
    await expect(explained(Promise.reject(new Error('late')), tell)).rejects.toThrow(
      'late\n\nwhat there was',
    );
    const polled = expect.poll(() => 1, { timeout: 20 }).toBe(2);
    await expect(explained(polled, tell)).rejects.toThrow(/expected 1 to be 2[\s\S]*what there was/);
    expect(await explained(Promise.resolve(7), tell)).toBe(7);
  });

  it('stays what failed where nobody can tell any more', async () => {
    const gone = () => {
      throw new Error('no server');
    };
    await expect(explained(Promise.reject(new Error('late')), gone)).rejects.toThrow(
      /^late\n\n.*not known: Error: no server$/,
    );
  });
});
