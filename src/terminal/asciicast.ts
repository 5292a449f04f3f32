/**
 * Records a console as asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/). Every event is written when it
 * happens, so that a crash keeps all before it.
 */
import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface RecordingHeader {
  readonly columns: number;
  readonly rows: number;
  readonly title: string;
  /** TERM and SHELL of the person who records. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Each throws what writing throws, such as ENOSPC; what was recorded before is whole. */
export interface Recording {
  readonly output: (bytes: Uint8Array) => void;
  readonly input: (bytes: Uint8Array) => void;
  readonly resize: (columns: number, rows: number) => void;
  readonly close: () => void;
}

/** Milliseconds since the epoch. */
type Clock = () => number;

/**
 * Refuses to overwrite, and to follow a link: throws what `open` says (EEXIST). Readable by its owner alone, as passwords may be in it.
 */
export function recordToFile(path: string, header: RecordingHeader, clock: Clock = Date.now): Recording {
  const fd = openSync(path, 'wx', 0o600);
  let recording: Recording;
  try {
    recording = createRecording(createLineWriter(fd), header, clock);
  } catch (error) {
    closeSync(fd);
    unlinkSync(path);
    throw error;
  }
  return {
    ...recording,
    close: () => {
      try {
        recording.close();
      } finally {
        closeSync(fd);
      }
    },
  };
}

/** A line that is not written to its end, as on a full disk, is taken back: who reads the file finds whole lines. */
function createLineWriter(fd: number): (line: string) => void {
  let length = 0;
  return (line) => {
    const bytes = Buffer.from(line);
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(fd, bytes, done, bytes.length - done, length + done);
      }
    } catch (error) {
      ftruncateSync(fd, length);
      throw error;
    }
    length += bytes.length;
  };
}

export function createRecording(
  write: (line: string) => void,
  header: RecordingHeader,
  clock: Clock,
): Recording {
  const start = clock();
  const { columns: width, rows: height, title, environment: env } = header;
  write(
    `${JSON.stringify({ version: 2, width, height, timestamp: Math.floor(start / 1000), title, env })}\n`,
  );
  const event = (code: 'o' | 'i' | 'r', text: string): void => {
    if (text !== '') write(`${JSON.stringify([(clock() - start) / 1000, code, text])}\n`);
  };
  // A character of several bytes may be cut by the end of a piece.
  const decoders = { o: new StringDecoder('utf8'), i: new StringDecoder('utf8') };
  return {
    output: (bytes) => event('o', decoders.o.write(Buffer.from(bytes))),
    input: (bytes) => event('i', decoders.i.write(Buffer.from(bytes))),
    resize: (columns, rows) => event('r', `${columns}x${rows}`),
    close: () => {
      event('o', decoders.o.end());
      event('i', decoders.i.end());
    },
  };
}
