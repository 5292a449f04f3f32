/**
 * Where settings files lie, and which counts: systemd.nspawn(5), ".nspawn file discovery". Ours is always the administrator's, in /etc; what others
 * put elsewhere is never changed.
 */
import { isUtf8 } from 'node:buffer';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { syncDirectory, writeAtomically } from '../../../files/atomic-file.ts';
import { BackendError } from '../../backend.ts';
import { namesIn } from '../folder-names.ts';

export interface SettingsPlaces {
  /** Ours too. */
  readonly administrator: string;
  readonly runtime: string;
  /** Beside the images, and as little trusted as they are. */
  readonly images: string;
}

export const hostPlaces: SettingsPlaces = {
  administrator: '/etc/systemd/nspawn',
  runtime: '/run/systemd/nspawn',
  images: '/var/lib/machines',
};

export interface FoundSettings {
  readonly path: string;
  readonly text: string;
  readonly place: keyof SettingsPlaces;
}

/** Far above any file that a person wrote: whoever writes more means harm. */
const MOST_BYTES = 1024 ** 2;

/** Whoever reads it may hold secrets in the environment. */
const NEW_FILE_MODE = 0o600;

/** The first that is there counts. @throws BackendError 'failed', 'permission' */
export function findSettings(places: SettingsPlaces, name: string): FoundSettings | undefined {
  for (const place of ['administrator', 'runtime', 'images'] as const) {
    const path = settingsPath(places[place], name);
    const content = readContent(path, place);
    if (content !== undefined) return { path, text: content.toString('utf8'), place };
  }
  return undefined;
}

/** Those of `names` that have a file at any of the places, by one look at each place; one that nobody may look into says nothing. */
export function namesWithSettings(places: SettingsPlaces, names: readonly string[]): readonly string[] {
  const files = new Set(Object.values(places).flatMap(filesIn));
  return names.filter((name) => files.has(`${name}.nspawn`));
}

function filesIn(folder: string): readonly string[] {
  try {
    return namesIn(folder);
  } catch (error) {
    throw failure('read', folder, error);
  }
}

/** @throws BackendError 'failed', 'permission', 'unsupported' for a file that somebody else looks after */
export function writeSettings(places: SettingsPlaces, name: string, text: string | undefined): void {
  const path = settingsPath(places.administrator, name);
  try {
    const mode = modeOf(path);
    if (text !== undefined) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
      writeAtomically(path, text, mode ?? NEW_FILE_MODE);
    } else if (mode !== undefined) {
      rmSync(path);
      syncDirectory(dirname(path));
    }
  } catch (error) {
    throw failure('write', path, error);
  }
}

export function settingsPath(folder: string, name: string): string {
  if (name === '' || /[/\0]/.test(name)) {
    throw new BackendError('failed', `${JSON.stringify(name)} is no name that a settings file can have`);
  }
  return join(folder, `${name}.nspawn`);
}

function readContent(path: string, place: keyof SettingsPlaces): Buffer | undefined {
  // An administrator may link to a file that is kept elsewhere; what came with an image may not. A pipe must not make us wait.
  const follow = place === 'images' ? constants.O_NOFOLLOW : 0;
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | follow);
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > MOST_BYTES) throw notSettings(path);
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Who may not look into the folder of images sees none of theirs.
    if (code === 'ENOENT' || (place === 'images' && code === 'EACCES')) return undefined;
    throw failure('read', path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Of the file that is to be replaced; undefined: there is none. */
function modeOf(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (stat.isSymbolicLink()) {
    throw new BackendError('unsupported', `${path} is a link: something else looks after this file`, {
      path,
      hint: 'change it where it comes from, or put a file in its place',
    });
  }
  if (!stat.isFile() || stat.size > MOST_BYTES) throw notSettings(path);
  if (!isUtf8(readFileSync(path))) {
    throw new BackendError('unsupported', `${path} is not UTF-8: what it says would get lost`, {
      path,
      hint: 'save it as UTF-8, as systemd wants it',
    });
  }
  return stat.mode & 0o777;
}

function notSettings(path: string): BackendError {
  return new BackendError('failed', `${path} is no file, or larger than settings ever are`, {
    path,
    hint: 'see what it is, and move it away',
  });
}

function failure(what: string, path: string, cause: unknown): BackendError {
  if (cause instanceof BackendError) return cause;
  const { code, syscall } = cause as NodeJS.ErrnoException;
  const isDenied = code === 'EACCES' || code === 'EPERM';
  return new BackendError(
    isDenied ? 'permission' : 'failed',
    `cannot ${what} ${path}: ${code ?? String(cause)}`,
    {
      path,
      ...(code === undefined ? {} : { errno: code }),
      ...(syscall === undefined ? {} : { syscall }),
      cause,
    },
  );
}
