/** A command in a machine on a terminal there that this program drives: the helper's `drive`. */
import type { Readable, Writable } from 'node:stream';
import type { ExecRequest } from '../../backend.ts';
import { readAnswer, spawnHelper, waitForExit } from '../helper-client.ts';
import { encodeRecords } from '../records.ts';
import { sendRecords, throwEnterFailure } from './enter.ts';
import { type EnterContext, enterRecords } from './enter-records.ts';

export interface DrivenTerminal {
  /** What the terminal shows; while nobody reads, the command waits. */
  readonly output: Readable;
  readonly input: Writable;
  readonly resize: (columns: number, rows: number) => void;
  /** The command's exit code, when all that it wrote was read; 129 after `close`. @throws BackendError as `enter` */
  readonly ended: Promise<number>;
  /** Hangs up; nothing more is read. */
  readonly close: () => void;
}

export interface DrivenRequest extends Pick<ExecRequest, 'argv' | 'user' | 'environment'> {
  readonly columns: number;
  readonly rows: number;
  /** TERM: what reads `output` understands. */
  readonly type: string;
}

/** @throws BackendError 'failed' for what no record can hold */
export function openDrivenTerminal(
  name: string,
  { argv, user, environment, ...terminal }: DrivenRequest,
  context: EnterContext,
  helperPath: string,
): DrivenTerminal {
  const request = {
    argv,
    user,
    environment,
    workingDirectory: undefined,
    terminal: true,
    stdio: 'pipe',
  } as const;
  const records = encodeRecords(enterRecords(request, context, terminal));
  const { child, failed } = spawnHelper(helperPath, ['drive'], {
    stdio: ['pipe', 'pipe', 'ignore', 'pipe', 'pipe', 'pipe'],
    // Keys of our own terminal are not for it.
    detached: true,
  });
  sendRecords(child.stdio[3] as Writable, records);
  // The types of Node know five.
  const sizes = (child.stdio as readonly unknown[])[5] as Writable;
  const input = child.stdin as Writable;
  const output = child.stdout as Readable;
  // The end of the command says it: what was typed or resized behind it goes nowhere.
  for (const stream of [sizes, input]) stream.on('error', () => {});
  const ended = Promise.race([
    Promise.all([waitForExit(child), readAnswer(child.stdio[4] as Readable)]),
    failed,
  ]).then(([{ code }, answer]) => {
    throwEnterFailure(name, answer);
    return code ?? 125;
  });
  ended.catch(() => {});
  return {
    output,
    input,
    resize: (columns, rows) => {
      if (!sizes.destroyed) sizes.write(encodeSize(columns, rows));
    },
    ended,
    close: () => {
      input.destroy();
      output.destroy();
      child.kill('SIGHUP');
    },
  };
}

/** In the order of the processor; all that Node runs on with our helper are little-endian. */
function encodeSize(columns: number, rows: number): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(Math.min(columns, 0xffff), 0);
  size.writeUInt16LE(Math.min(rows, 0xffff), 2);
  return size;
}
