/** Where a command's words go: results to stdout, everything else to stderr; one JSON document with --json. */
import { createPaint, type Paint } from './paint.ts';
import { safeJson, visibleLines } from './plain-text.ts';

/** The version of every JSON document and line (docs/json.md). */
export const JSON_VERSION = 1;

/** What the outside gives: writing must be synchronous and complete. */
export interface Terminals {
  readonly write: (fd: 1 | 2, text: string | Uint8Array) => void;
  readonly isTerminal: (fd: 0 | 1 | 2) => boolean;
}

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly paint: Paint;
  readonly terminals: Terminals;
  /** Lines for stdout that a presenter made safe. */
  readonly print: (lines: readonly string[]) => void;
  /** Text or bytes for stdout as they are. */
  readonly raw: (text: string | Uint8Array) => void;
  /** One JSON document (or one line of a stream) on stdout. */
  readonly document: (fields: Readonly<Record<string, unknown>>) => void;
  /** "web: started": said on stdout unless --quiet or --json. */
  readonly report: (line: string) => void;
  /** Something a person should know: on stderr unless --json. */
  readonly note: (line: string) => void;
  /** What a slow command is doing: on stderr, only on a terminal. */
  readonly progress: (message: string) => void;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

export function createOutput(options: OutputOptions, terminals: Terminals): Output {
  const { json, quiet } = options;
  const line = (fd: 1 | 2, text: string): void => terminals.write(fd, `${text}\n`);
  return {
    json,
    quiet,
    terminals,
    paint: createPaint(options.colour && !json && terminals.isTerminal(1)),
    print: (lines) => {
      if (lines.length > 0) line(1, lines.join('\n'));
    },
    raw: (text) => terminals.write(1, text),
    document: (fields) => line(1, safeJson({ version: JSON_VERSION, ...fields })),
    report: (text) => {
      if (!quiet && !json) line(1, visibleLines(text));
    },
    note: (text) => {
      if (!json) line(2, visibleLines(text));
    },
    progress: (message) => {
      if (!quiet && !json && terminals.isTerminal(2)) line(2, visibleLines(message));
    },
  };
}
