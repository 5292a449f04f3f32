/** A person at a terminal: the built program in a real pty, with a headless terminal on the other side. */
import { readFileSync } from 'node:fs';
import xterm from '@xterm/headless';
import { type IPty, spawn } from 'node-pty';
import { patience } from '../../scripts/test-patience.mjs';
import { builtCli } from '../setup/run-cli.ts';
import { describeSession } from '../setup/terminal-processes.ts';

/** What a program switched on at the terminal: xterm's ctlseqs. */
export interface ModesOn {
  readonly alternateScreen: boolean;
  readonly mouse: boolean;
  readonly focusReports: boolean;
  readonly bracketedPaste: boolean;
  readonly wrap: boolean;
  readonly cursor: boolean;
}

/** As a shell expects it. */
export const modesOfShell: ModesOn = {
  alternateScreen: false,
  mouse: false,
  focusReports: false,
  bracketedPaste: false,
  wrap: true,
  cursor: true,
};

export interface Person {
  /** What the screen shows, scrollback included; lines without trailing blanks. */
  readonly screen: () => string;
  /** The rows of the window alone: also behind an alternate screen that was once higher something may be left. */
  readonly window: () => readonly string[];
  /** Cells of the window with their colours, a string for each row: to be compared. Places from 0. */
  readonly cells: (place: CellsPlace) => readonly string[];
  readonly modes: () => ModesOn;
  /** Every byte that was written to the terminal. */
  readonly bytes: () => string;
  readonly type: (keys: string) => void;
  readonly resize: (columns: number, rows: number) => void;
  /** Resolves when the screen shows it; fails after a long while, with what it shows instead and what its processes do. */
  readonly sees: (what: string | RegExp) => Promise<void>;
  /** Resolves with the exit code. */
  readonly ends: Promise<number>;
  readonly pid: number;
  /** The terminal's side is closed, as when its window is. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
}

/** For what a program wrote last to reach the screen. */
const lastOutputMs = 200;

export interface CellsPlace {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

export interface PersonOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
}

/** At `tsmachine WORDS...`. */
export function personAt(words: readonly string[], options: PersonOptions = {}): Person {
  return personIn(process.execPath, [builtCli, ...words], options);
}

/** At an interactive shell with a known prompt, which has `tsmachine` as a command. */
export function personAtShell(options: PersonOptions = {}): Person {
  const person = personIn('/bin/bash', ['--norc', '--noprofile', '-i'], {
    ...options,
    env: { ...options.env, PS1: 'prompt> ', HISTFILE: '' },
  });
  person.type(`tsmachine() { '${process.execPath}' '${builtCli}' "$@"; }\r`);
  return person;
}

/** The modes of the line (stty) at a shell's prompt; `mark` is new each time. */
export async function lineModes(person: Person, mark: string): Promise<string> {
  person.type(`echo ${mark}=$(stty -g)\r`);
  await person.sees(new RegExp(`^${mark}=\\S+`, 'm'));
  return new RegExp(`^${mark}=(\\S+)`, 'm').exec(person.screen())?.[1] ?? '';
}

/** The program that a shell runs now. */
export function childOf({ pid }: Person): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

/** At any program. */
export function personIn(file: string, args: readonly string[], options: PersonOptions): Person {
  const { columns = 100, rows = 30 } = options;
  const terminal = new xterm.Terminal({
    cols: columns,
    rows,
    scrollback: 5000,
    allowProposedApi: true,
    logLevel: 'off',
  });
  const pty = spawn(file, [...args], {
    cols: columns,
    rows,
    cwd: options.cwd ?? '/',
    env: { ...process.env, TERM: 'xterm-256color', ...options.env } as Record<string, string>,
  });
  return { ...watch(pty, terminal), pid: pty.pid };
}

function watch(pty: IPty, terminal: xterm.Terminal): Omit<Person, 'pid'> {
  let bytes = '';
  let changed: () => void = () => undefined;
  pty.onData((data) => {
    bytes += data;
    terminal.write(data, () => changed());
  });
  // Answers that a terminal gives (its attributes, the cursor's place).
  terminal.onData((data) => pty.write(data));
  const screen = (): string => screenText(terminal);
  const cursor = watchCursor(terminal);
  let ended = false;
  pty.onExit(() => {
    ended = true;
  });
  const ends = exitOf(pty, terminal);
  return {
    screen,
    window: () => windowRows(terminal),
    cells: (place) => cellsOf(terminal, place),
    modes: () => ({ ...modesOn(terminal), cursor: cursor() }),
    bytes: () => bytes,
    type: (keys) => pty.write(keys),
    resize: (columns, rows) => {
      terminal.resize(columns, rows);
      pty.resize(columns, rows);
    },
    sees: (what) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void =>
          reject(new Error(`${why} and never showed ${what}:\n${screen()}\n\n${describeSession(pty.pid)}`));
        const timer = setTimeout(() => fail('the program went on'), patience.poll);
        changed = () => {
          if (!isShown(screen(), what)) return;
          clearTimeout(timer);
          resolve();
        };
        changed();
        // A moment for what was written last to reach the screen.
        void ends.then(() => setTimeout(() => fail('the program ended'), 200));
      }),
    ends,
    hangUp: () => closeTerminal(pty),
    close: async () => {
      if (!ended) pty.kill('SIGKILL');
      await ends;
      terminal.dispose();
    },
  };
}

function modesOn({ buffer, modes }: xterm.Terminal): Omit<ModesOn, 'cursor'> {
  return {
    alternateScreen: buffer.active.type === 'alternate',
    mouse: modes.mouseTrackingMode !== 'none',
    focusReports: modes.sendFocusMode,
    bracketedPaste: modes.bracketedPasteMode,
    wrap: modes.wraparoundMode,
  };
}

/** Whether it is shown: the headless terminal does not tell. */
function watchCursor({ parser }: xterm.Terminal): () => boolean {
  let shown = true;
  const watch = (final: 'h' | 'l') =>
    parser.registerCsiHandler({ prefix: '?', final }, (parameters) => {
      if (parameters.includes(25)) shown = final === 'h';
      return false;
    });
  watch('h');
  watch('l');
  return () => shown;
}

/** What node-pty's types do not tell: on Unix it has the master as a socket. */
function closeTerminal(pty: IPty): void {
  (pty as unknown as { readonly _socket: { readonly destroy: () => void } })._socket.destroy();
}

/** The code with which a shell would know it. */
function exitOf(pty: IPty, terminal: xterm.Terminal): Promise<number> {
  return new Promise((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      const code = signal === undefined || signal === 0 ? exitCode : 128 + signal;
      // The exit can be told before the last output is read, and the screen takes it later still.
      setTimeout(() => terminal.write('', () => resolve(code)), lastOutputMs);
    });
  });
}

function isShown(text: string, what: string | RegExp): boolean {
  return typeof what === 'string' ? text.includes(what) : what.test(text);
}

function windowRows({ buffer: { active }, rows }: xterm.Terminal): readonly string[] {
  return Array.from(
    { length: rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
}

function cellsOf({ buffer: { active } }: xterm.Terminal, place: CellsPlace): readonly string[] {
  return Array.from({ length: place.rows }, (_, row) => {
    const line = active.getLine(active.baseY + place.row + row);
    let [text, look] = ['', ''];
    for (let column = 0; column < place.columns; column += 1) {
      const cell = line?.getCell(place.column + column);
      // The second half of a wide character.
      if (cell?.getWidth() === 0) continue;
      const next = cell === undefined || cell.isAttributeDefault() ? '' : lookOf(cell);
      text += `${next === look ? '' : `<${next}>`}${cell?.getChars() || ' '}`;
      look = next;
    }
    return text.trimEnd();
  });
}

function lookOf(cell: xterm.IBufferCell): string {
  const flags = [cell.isBold(), cell.isDim(), cell.isItalic(), cell.isUnderline(), cell.isInverse()];
  const colours = [cell.getFgColorMode(), cell.getFgColor(), cell.getBgColorMode(), cell.getBgColor()];
  return `${flags.map((on) => (on ? 1 : 0)).join('')} ${colours.join(' ')}`;
}

function screenText(terminal: xterm.Terminal): string {
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: active.length },
    (_, row) => active.getLine(row)?.translateToString(true) ?? '',
  );
  return lines.join('\n').trimEnd();
}
