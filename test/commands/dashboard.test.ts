import { expect, test } from 'vitest';
import type { DashboardChoice } from '../../src/commands/program/command-definition.ts';
import { runCommandLine } from '../../src/commands/program/run-command-line.ts';
import { stubMachines } from './stub-machines.ts';

interface Opened {
  readonly choice: DashboardChoice | undefined;
  readonly exitCode: number;
  readonly stderr: string;
}

async function opened(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  terminal: boolean,
): Promise<Opened> {
  let choice: DashboardChoice | undefined;
  let stderr = '';
  const exitCode = await runCommandLine(words, {
    version: '0',
    environment,
    terminals: {
      isTerminal: () => terminal,
      write: (stream: number, text: string) => {
        if (stream === 2) stderr += text;
      },
    } as never,
    openMachines: async () => stubMachines({}),
    runRemotely: () => Promise.reject(new Error('not asked for')),
    openDashboard: async (_, asked) => {
      choice = asked;
      return 0;
    },
  });
  return { choice, exitCode, stderr };
}

test('it is the full screen on a terminal, and line by line on one that can do no more', async () => {
  expect((await opened([], { TERM: 'xterm' }, true)).choice).toMatchObject({
    plain: false,
    theme: undefined,
  });
  expect((await opened([], { TERM: 'dumb' }, true)).choice).toMatchObject({ plain: true });
  expect((await opened(['--plain'], { TERM: 'xterm' }, true)).choice).toMatchObject({ plain: true });
});

test('its options need no command before them', async () => {
  expect((await opened(['--theme', 'light'], { TERM: 'xterm' }, true)).choice).toMatchObject({
    theme: 'light',
  });
  expect((await opened(['--read-only'], { TERM: 'xterm' }, true)).choice).toMatchObject({ readOnly: true });
});

test('line by line needs no terminal; the full screen does, and says what there is without one', async () => {
  expect((await opened(['dashboard', '--plain'], {}, false)).choice).toMatchObject({ plain: true });
  const refused = await opened(['dashboard'], { TERM: 'xterm' }, false);
  expect(refused).toMatchObject({ choice: undefined, exitCode: 2 });
  expect(refused.stderr).toContain('tsmachine dashboard --plain');
});

test('a theme and read-only are handed on', async () => {
  const { choice } = await opened(['dashboard', '--theme', 'light', '--read-only'], { TERM: 'xterm' }, true);
  expect(choice).toMatchObject({ theme: 'light', readOnly: true });
});
