/** Where a command's words go: results to stdout, everything else to stderr; one JSON document with --json. */
import { createPaint, type Paint } from '../paint.ts';
import { safeJson, visible, visibleLines } from '../plain-text.ts';

/** The version of every JSON document and line (docs/json.md). */
export const JSON_VERSION = 1;

/** What the outside gives: writing must be synchronous and complete. */
export interface Terminals {
  readonly write: (fd: 1 | 2, text: string | Uint8Array) => void;
  readonly isTerminal: (fd: 0 | 1 | 2) => boolean;
  /** What a person answers at stdin: a line without its end, undefined if stdin ends first. Waits, and nothing else runs. */
  readonly readLine: () => string | undefined;
}

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether stdout gets colours. */
  readonly colour: boolean;
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
  /** Draws one line on stderr in place of what it drew before; an empty one clears it. Undefined: nobody would see it. */
  readonly redraw: ((line: string) => void) | undefined;
  /** Whether trees may be drawn with box characters. */
  readonly boxes: boolean;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly colour: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function createOutput(options: OutputOptions, outside: Terminals, environment: Environment): Output {
  const { terminals, redraw } = withDrawnLine(outside);
  const { json, quiet } = options;
  const line = (fd: 1 | 2, text: string): void => terminals.write(fd, `${text}\n`);
  const colour = options.colour && !json && terminals.isTerminal(1);
  return {
    json,
    quiet,
    colour,
    terminals,
    paint: createPaint(colour),
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
    redraw: !quiet && !json && canRedraw(terminals, environment) ? redraw : undefined,
    boxes: terminals.isTerminal(1) && isUtf8(environment),
  };
}

function canRedraw(terminals: Terminals, environment: Environment): boolean {
  return environment['TERM'] !== 'dumb' && terminals.isTerminal(2);
}

/**
 * Without automatic wrapping (DECAWM): what is too long for the terminal is cut, and clearing it leaves no line behind. What is written
 * in another way meanwhile clears it first.
 */
function withDrawnLine(
  outside: Terminals,
): Pick<Output, 'terminals'> & { readonly redraw: (line: string) => void } {
  let isDrawn = false;
  const redraw = (text: string): void => {
    outside.write(2, text === '' ? '\r\x1b[K' : `\r\x1b[?7l${visible(text)}\x1b[K\x1b[?7h`);
    isDrawn = text !== '';
  };
  const write: Terminals['write'] = (fd, text) => {
    if (isDrawn) redraw('');
    outside.write(fd, text);
  };
  return { terminals: { ...outside, write }, redraw };
}

/** By the locale, in the order of setlocale(3). */
function isUtf8(environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale);
}
