/**
 * The one encoding of every conversation with the helper (docs/launch-plan.md, "Records"):
 * NAME NUL COUNT NUL ARG1 NUL ... ARGn NUL, the last record being `end` with no arguments.
 */
import { BackendError } from '../backend.ts';

export interface WireRecord {
  readonly name: string;
  readonly arguments: readonly string[];
}

/** The helper's bounds; what exceeds them is refused here, where a person can still be told what it was. */
export const RECORD_BOUNDS = {
  streamBytes: 1024 * 1024,
  records: 4096,
  arguments: 1024,
  stringBytes: 128 * 1024,
} as const;

const END: WireRecord = { name: 'end', arguments: [] };

/**
 * Encodes records and the closing `end`.
 * @throws BackendError 'failed' for a NUL in a string or a bound exceeded
 */
export function encodeRecords(records: readonly WireRecord[]): Buffer {
  const all = [...records, END];
  if (all.length > RECORD_BOUNDS.records) {
    throw tooLarge(`${all.length} records`, `${RECORD_BOUNDS.records}`);
  }
  const stream = Buffer.from(all.map(recordText).join(''), 'utf8');
  if (stream.length > RECORD_BOUNDS.streamBytes) {
    throw tooLarge(`${stream.length} bytes`, `${RECORD_BOUNDS.streamBytes} bytes`);
  }
  return stream;
}

function recordText(record: WireRecord): string {
  if (record.arguments.length > RECORD_BOUNDS.arguments) {
    throw tooLarge(
      `'${record.name}' with ${record.arguments.length} arguments`,
      `${RECORD_BOUNDS.arguments}`,
    );
  }
  const strings = [record.name, String(record.arguments.length), ...record.arguments];
  for (const text of strings) checkString(record.name, text);
  return `${strings.join('\0')}\0`;
}

function checkString(recordName: string, text: string): void {
  // A NUL would begin a new string, and with it whatever record the text's author likes.
  if (text.includes('\0')) {
    throw new BackendError('failed', `a NUL byte in an argument of '${recordName}'`, {
      hint: 'Look for a NUL character in the configuration of the machine.',
    });
  }
  // No character of UTF-16 takes more than 3 bytes: nearly no string needs to be counted.
  if (text.length * 3 <= RECORD_BOUNDS.stringBytes) return;
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > RECORD_BOUNDS.stringBytes) {
    throw tooLarge(
      `an argument of '${recordName}' with ${bytes} bytes`,
      `${RECORD_BOUNDS.stringBytes} bytes`,
    );
  }
}

function tooLarge(what: string, bound: string): BackendError {
  return new BackendError('failed', `${what}: the helper takes at most ${bound}`, {
    hint: 'Shorten the configuration: fewer binds, environment variables or layers.',
  });
}

/**
 * Decodes a whole stream and leaves `end` out.
 * @throws BackendError 'failed' if the stream was cut off or is not what the helper writes
 */
export function decodeRecords(stream: Uint8Array): readonly WireRecord[] {
  const strings = splitStrings(stream);
  const records: WireRecord[] = [];
  let next = 0;
  while (next < strings.length) {
    const name = strings[next] as string;
    const count = argumentCount(strings[next + 1]);
    const args = strings.slice(next + 2, next + 2 + count);
    if (args.length < count) throw malformed(`record '${name}' was cut off`);
    next += 2 + count;
    if (name === END.name && count === 0) {
      if (next !== strings.length) throw malformed('data after the end record');
      return records;
    }
    records.push({ name, arguments: args });
  }
  throw malformed('no end record: the stream was cut off');
}

function splitStrings(stream: Uint8Array): readonly string[] {
  if (stream.length > RECORD_BOUNDS.streamBytes) throw malformed(`${stream.length} bytes are too many`);
  if (stream.length > 0 && stream[stream.length - 1] !== 0) throw malformed('the last string was cut off');
  return Buffer.from(stream).toString('utf8').split('\0').slice(0, -1);
}

function argumentCount(text: string | undefined): number {
  if (text === undefined || !/^(0|[1-9]\d{0,3})$/.test(text) || Number(text) > RECORD_BOUNDS.arguments) {
    throw malformed(`'${text ?? ''}' is not a count of arguments`);
  }
  return Number(text);
}

function malformed(detail: string): BackendError {
  return new BackendError('failed', `malformed records: ${detail}`, {
    hint: 'Helper and program may be of different versions: run `npm run build` or install again.',
  });
}
