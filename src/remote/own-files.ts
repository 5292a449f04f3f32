/**
 * Which words of a command line name files of this host, when the command itself runs on another one: what is pushed, pulled, exported, imported
 * and read as user data. All other paths are of the other host. Pure.
 */

import { compressionOf } from '../machines/transfer/archive-file.ts';

export interface CommandLine {
  /** The command's name, without its group. */
  readonly name: string;
  /** All words as they were given, without --host. */
  readonly words: readonly string[];
  /** Those of `words` that are arguments, in order, by index. */
  readonly positions: readonly number[];
}

export type FileRoute =
  /** No file of this host has to do with it. */
  | { readonly kind: 'none'; readonly words: readonly string[] }
  /** A file is the command's standard input there. */
  | { readonly kind: 'input'; readonly words: readonly string[]; readonly path: string }
  /** The command's standard output there becomes a file. */
  | {
      readonly kind: 'output';
      /** What is exported, for a person. */
      readonly source: string;
      readonly words: readonly string[];
      readonly path: string;
      readonly force: boolean;
    }
  /** Files are brought there first; `words` takes their places there. */
  | {
      readonly kind: 'push';
      readonly sources: readonly string[];
      readonly words: (places: readonly string[]) => readonly string[];
    }
  /** Files are put down there, and fetched. */
  | {
      readonly kind: 'pull';
      readonly target: string;
      readonly words: (place: string) => readonly string[];
    };

/** Standard input or output. */
const STREAM = '-';

export function routeOf(line: CommandLine): FileRoute {
  const { words, positions } = line;
  switch (line.name) {
    case 'push':
      return pushRoute(line);
    case 'pull': {
      const last = positions.at(-1) ?? -1;
      const target = words[last] ?? STREAM;
      if (target === STREAM) return none(words);
      return {
        kind: 'pull',
        target,
        words: (place) => {
          const there = replaced(words, new Map([[last, place]]));
          return [...there.slice(0, last), `--shown-target=${target}`, ...there.slice(last)];
        },
      };
    }
    case 'import': {
      const [first = -1] = positions;
      const path = words[first] ?? STREAM;
      if (path === STREAM) return none(words);
      return { kind: 'input', path, words: replaced(words, new Map([[first, STREAM]])) };
    }
    case 'export':
      return exportRoute(line);
    default:
      return userDataRoute(words);
  }
}

function none(words: readonly string[]): FileRoute {
  return { kind: 'none', words };
}

function replaced(words: readonly string[], by: ReadonlyMap<number, string>): readonly string[] {
  return words.map((word, index) => by.get(index) ?? word);
}

function pushRoute({ words, positions }: CommandLine): FileRoute {
  const places = positions.slice(1, -1);
  const sources = places.map((index) => words[index] ?? '');
  if (sources.length === 0 || sources.includes(STREAM)) return none(words);
  return {
    kind: 'push',
    sources,
    words: (there) => replaced(words, new Map(places.map((index, at) => [index, there[at] ?? '']))),
  };
}

/** There the name says no more how it is compressed: an option does. */
function exportRoute({ words, positions }: CommandLine): FileRoute {
  const [source = -1, file = -1] = positions;
  const path = words[file] ?? STREAM;
  if (path === STREAM) return none(words);
  const there = replaced(words, new Map([[file, STREAM]]));
  return {
    kind: 'output',
    source: words[source] ?? '',
    path,
    force: words.includes('--force') || words.includes('-f'),
    words: [...there.slice(0, file), `--compress=${compressionOf(path)}`, ...there.slice(file)],
  };
}

function userDataRoute(words: readonly string[]): FileRoute {
  const end = words.indexOf('--');
  const index = words.findIndex(
    (word, at) => (end === -1 || at < end) && (word === '--user-data' || word.startsWith('--user-data=')),
  );
  if (index === -1) return none(words);
  const isJoined = (words[index] ?? '').includes('=');
  const path = isJoined ? (words[index] ?? '').slice('--user-data='.length) : (words[index + 1] ?? STREAM);
  if (path === STREAM) return none(words);
  const by: [number, string] = isJoined ? [index, '--user-data=-'] : [index + 1, STREAM];
  return { kind: 'input', path, words: replaced(words, new Map([by])) };
}
