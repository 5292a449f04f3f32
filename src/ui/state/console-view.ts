/** Which consoles are seen, which one the keys go to, and what is said of each: as data. */

/** A machine's console is known by its name; others of it by its name and a word: `web shell`. Names hold no spaces. */
export type ConsoleId = string;

export interface ConsoleView {
  /** The one that has, or had, the keys. */
  readonly current: ConsoleId | undefined;
  /** Those side by side; fewer than two: only one is seen. */
  readonly grid: readonly ConsoleId[];
  /** The current one covers the others of the grid. */
  readonly alone: boolean;
  /** What is typed goes to all of the grid. */
  readonly broadcast: boolean;
  /** The leader was typed, its key is to come. */
  readonly leader: boolean;
  /** Of each one that has a screen, also after its end. */
  readonly about: ReadonlyMap<ConsoleId, ConsoleAbout>;
}

export interface ConsoleAbout {
  /** How it ended. */
  readonly ended: string | undefined;
  /** The file. */
  readonly recording: string | undefined;
  readonly scroll: ScrollPlace | undefined;
  /** It is a recording that is played. */
  readonly replay: ReplayPlace | undefined;
}

/** Times in seconds from its beginning. */
export interface ReplayPlace {
  readonly path: string;
  readonly phase: 'playing' | 'held' | 'seeking' | 'ended';
  readonly at: number;
  readonly duration: number;
  /** For how long nothing comes; 0: not for long. */
  readonly silence: number;
  readonly speed: number;
  /** How many lines of the file were none of a recording. */
  readonly unreadable: number;
  readonly failure: string | undefined;
}

/** Lines are counted from 1. */
export interface ScrollPlace {
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly search: string;
  /** It is being typed. */
  readonly searching: boolean;
}

export const noConsoles: ConsoleView = {
  current: undefined,
  grid: [],
  alone: false,
  broadcast: false,
  leader: false,
  about: new Map(),
};

export const nothingSaid: ConsoleAbout = {
  ended: undefined,
  recording: undefined,
  scroll: undefined,
  replay: undefined,
};

/** No screen has room for more. */
export const mostInGrid = 9;

export function machineOf(id: ConsoleId): string {
  return id.split(' ', 1)[0] ?? id;
}

const SHELL = ' shell';

export function shellOf(name: string): ConsoleId {
  return name + SHELL;
}

export function isShell(id: ConsoleId): boolean {
  return id.endsWith(SHELL);
}

const REPLAY = ' replay';

/** A recording, in the pane of that machine; '' if there is none. */
export function replayOf(name: string): ConsoleId {
  return name + REPLAY;
}

export function isReplay(id: ConsoleId): boolean {
  return id.endsWith(REPLAY);
}
