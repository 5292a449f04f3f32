/** Connects a console to this process's own streams until the person leaves, the machine ends, or a signal comes. */
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { ConsoleConnection, ExitRecord } from '../backends/backend.ts';
import { createAnswerWatch, nextInput } from './answers.ts';
import type { Recording } from './asciicast.ts';
import { type EscapeState, feedKeys, type Leader } from './escape-keys.ts';
import { createQueryFilter } from './queries.ts';
import { enterRawMode } from './raw-terminal.ts';
import { createTerminalModes } from './terminal-modes.ts';

export interface AttachOptions {
  readonly leader: Leader | 'none';
  readonly recording: Recording | undefined;
  readonly recordInput: boolean;
  /** How many of the first bytes are output from before. */
  readonly replayBytes: number;
  /** Said when they have been shown: what explains a console on which nothing moves. */
  readonly notice: string | undefined;
}

export type AttachEnd =
  | { readonly reason: 'left' | 'output-closed' }
  | { readonly reason: 'ended'; readonly exit: ExitRecord | undefined }
  | { readonly reason: 'signal'; readonly number: number }
  | { readonly reason: 'failed'; readonly error: unknown };

const endingSignals = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/** How long what was typed before leaving may take to reach the machine. */
const lastKeysMs = 200;

/** How long a third leader is waited for, so that machinectl's habit does not type it into the person's shell. */
const thirdLeaderMs = 250;

export async function attach(connection: ConsoleConnection, options: AttachOptions): Promise<AttachEnd> {
  const { stdin, stdout } = process;
  const modes = createTerminalModes();
  const sendSize = (): void => {
    if (!stdout.isTTY) return;
    connection.resize(stdout.columns, stdout.rows);
    options.recording?.resize(stdout.columns, stdout.rows);
  };
  const answers = createAnswerWatch(stdin);
  const suspension = { beforeStop: answers.given, onContinue: sendSize };
  const terminal = stdin.isTTY ? enterRawMode(stdin, modes, suspension) : undefined;
  const ends = listenForEnds();
  stdout.on('resize', sendSize);
  sendSize();
  try {
    const keyboard = sendKeys(stdin, connection, options, ends.finish);
    showOutput(connection, [modes, answers], options).then(ends.finish, ends.fail);
    const end = await ends.promise;
    keyboard.stop();
    if (stdin.isTTY) await answers.settle();
    return end;
  } finally {
    ends.stop();
    stdout.off('resize', sendSize);
    connection.close();
    terminal?.restore();
  }
}

interface Ends {
  readonly promise: Promise<AttachEnd>;
  readonly finish: (end: AttachEnd) => void;
  readonly fail: (error: unknown) => void;
  readonly stop: () => void;
}

/** Everything that can end an attachment, as one promise; the first one counts. */
function listenForEnds(): Ends {
  let finish: (end: AttachEnd) => void = () => undefined;
  const promise = new Promise<AttachEnd>((resolve) => {
    finish = resolve;
  });
  const onSignal = (name: (typeof endingSignals)[number]): void =>
    finish({ reason: 'signal', number: constants.signals[name] });
  const onOutputError = (): void => finish({ reason: 'output-closed' });
  for (const name of endingSignals) process.on(name, onSignal);
  process.stdout.on('error', onOutputError);
  return {
    promise,
    finish,
    fail: (error) => finish({ reason: 'failed', error }),
    stop: () => {
      for (const name of endingSignals) process.off(name, onSignal);
      process.stdout.off('error', onOutputError);
    },
  };
}

/** Waits for the terminal before it takes more, so that a slow one slows the machine and loses nothing. */
async function showOutput(
  connection: ConsoleConnection,
  watchers: readonly { readonly watch: (bytes: Buffer) => void }[],
  { recording, replayBytes, notice }: AttachOptions,
): Promise<AttachEnd> {
  const withoutOldQueries = createQueryFilter(replayBytes);
  let due = notice;
  let replayLeft = replayBytes;
  const sayWhenReplayed = async (): Promise<void> => {
    if (due !== undefined && replayLeft <= 0) await say(due);
    if (replayLeft <= 0) due = undefined;
  };
  await sayWhenReplayed();
  for await (const event of connection.output) {
    if (event.type === 'end') return { reason: 'ended', exit: event.exit };
    if (event.type === 'data') {
      const bytes = withoutOldQueries(event.bytes);
      for (const { watch } of watchers) watch(bytes);
      recording?.output(bytes);
      await write(bytes);
      replayLeft -= event.bytes.length;
      await sayWhenReplayed();
    } else {
      await say(event.type === 'gap' ? `${event.lostBytes} bytes of output lost` : 'the machine reboots');
    }
  }
  return { reason: 'ended', exit: undefined };
}

function say(words: string): Promise<void> {
  return write(Buffer.from(`\r\n[tsmachine: ${words}]\r\n`));
}

async function write(bytes: Buffer): Promise<void> {
  if (process.stdout.write(bytes)) return;
  await new Promise<void>((resolve) => {
    process.stdout.once('drain', resolve);
  });
}

/**
 * A terminal is read even when the machine takes nothing (frozen, for example), or its leader could not be heard; a pipe
 * is read no faster than the machine takes it. The end of a pipe ends nothing: the answer is still to come.
 */
function sendKeys(
  input: Readable & { readonly isTTY?: boolean },
  connection: ConsoleConnection,
  options: AttachOptions,
  finish: (end: AttachEnd) => void,
): { readonly stop: () => void } {
  const leader = input.isTTY === true ? options.leader : 'none';
  let state: EscapeState = 'plain';
  let sent = Promise.resolve();
  const send = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    if (options.recordInput) options.recording?.input(bytes);
    // A console that ended says so by its output; a write that comes too late is no failure of its own.
    sent = sent.then(() => connection.write(bytes)).catch(() => undefined);
    if (input.isTTY === true) return;
    input.pause();
    void sent.then(() => input.resume());
  };
  const onData = (bytes: Buffer): void => {
    if (leader === 'none') {
      send(bytes);
      return;
    }
    const result = feedKeys(state, bytes, leader);
    state = result.state;
    send(result.send);
    if (result.leave !== false) leave(result.leave === 'by-leader');
  };
  const leave = (waitForThird: boolean): void => {
    input.off('data', onData);
    const third = waitForThird ? nextInput(input, thirdLeaderMs) : undefined;
    void Promise.race([Promise.all([sent, third]), delay(lastKeysMs, third)]).then(() =>
      finish({ reason: 'left' }),
    );
  };
  // A terminal that hangs up ends or fails; SIGHUP may come first or not at all.
  const onGone = (): void => {
    if (input.isTTY === true) finish({ reason: 'output-closed' });
  };
  input.on('data', onData).on('end', onGone).on('error', onGone);
  return {
    stop: () => {
      input.off('data', onData).off('end', onGone);
      input.pause();
    },
  };
}

/** Counted from the moment that `after` is done. */
async function delay(milliseconds: number, after: Promise<void> | undefined): Promise<void> {
  await after;
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
