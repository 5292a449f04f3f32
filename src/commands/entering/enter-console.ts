/** `console NAME`, and `start --console`: attaches, says how to leave, and at the end says why it ended. */

import { MachineError } from '../../machines/errors.ts';
import { exitWords } from '../../presentation/lines/exit-words.ts';
import { type Recording, recordToFile } from '../../terminal/asciicast.ts';
import { type AttachEnd, attach } from '../../terminal/attach.ts';
import { defaultLeader, type Leader } from '../../terminal/escape-keys.ts';
import type { CommandContext } from '../program/command-definition.ts';

export interface ConsoleChoice {
  /** Undefined: Ctrl-]. */
  readonly escape: Leader | 'none' | undefined;
  /** A file that does not exist yet. */
  readonly record: string | undefined;
  readonly recordInput: boolean;
}

export async function enterConsole(
  context: CommandContext,
  name: string,
  choice: ConsoleChoice,
): Promise<number> {
  const { output, machines } = context;
  const leader = choice.escape ?? defaultLeader;
  const opened = await machines();
  const notice = (await opened.info(name)).state === 'frozen' ? frozenNotice(name) : undefined;
  // Before attaching: what comes between is live to us, and may be answered.
  const replayBytes = (await opened.readConsoleLog(name)).length;
  const connection = await opened.attachConsole(name, { input: true, replayBytes: Number.POSITIVE_INFINITY });
  const recording = openRecording(context, name, choice.record, () => connection.close());
  if (output.terminals.isTerminal(0) && !output.quiet) output.note(greeting(name, leader));
  const { recordInput } = choice;
  const end = await attach(connection, { leader, recording, recordInput, replayBytes, notice });
  recording?.close();
  return farewell(context, name, end);
}

function greeting(name: string, leader: Leader | 'none'): string {
  if (leader === 'none') return `Console of ${name}.`;
  const twice = leader.twiceLeaves ? ` or ${leader.label} ${leader.label}` : '';
  const literal = String.fromCharCode(leader.literal);
  return `Console of ${name}. Leave: ${leader.label} q${twice}. Send ${leader.label}: ${leader.label} ${literal}`;
}

function frozenNotice(name: string): string {
  return `the machine is frozen; what is typed waits for \`tsmachine unfreeze ${name}\``;
}

function openRecording(
  { environment }: CommandContext,
  name: string,
  path: string | undefined,
  giveUp: () => void,
): Recording | undefined {
  if (path === undefined) return undefined;
  const { columns = 80, rows = 24 } = process.stdout;
  const { TERM = 'dumb', SHELL = '/bin/sh' } = environment;
  try {
    return recordToFile(path, { columns, rows, title: name, environment: { TERM, SHELL } });
  } catch (error) {
    giveUp();
    throw recordingError(error, path);
  }
}

function recordingError(error: unknown, path: string): MachineError {
  const errno = (error as NodeJS.ErrnoException).code;
  const hint = errno === 'EEXIST' ? 'it is there already: choose another name or remove it' : undefined;
  return new MachineError('failed', 'the recording cannot be made', {
    path,
    errno,
    syscall: 'open',
    hint,
    cause: error,
  });
}

function farewell({ output }: CommandContext, name: string, end: AttachEnd): number {
  const say = (words: string): void => {
    if (!output.quiet) output.note(`\n${name}: ${words}`);
  };
  switch (end.reason) {
    case 'left':
      say('left the console; the machine goes on');
      return 0;
    case 'ended':
      say(exitWords(end.exit));
      return 0;
    case 'signal':
      return 128 + end.number;
    case 'output-closed':
      return 1;
    case 'failed':
      throw end.error;
  }
}
