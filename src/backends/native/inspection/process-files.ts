/**
 * The files of one process in /proc. They are reached through its directory, held open: what is read there belongs to that very
 * process or cannot be read any more, since a pid that is used again has another directory (proc(5)).
 */
import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import { type ProcessId, parseStat } from '../life/process-stat.ts';

/** A machine may have a hundred thousand mounts or sockets; who looks at it must not be stopped by that. */
const LARGEST_TEXT = 1024 * 1024;

export interface ProcessText {
  readonly text: string;
  /** False: there was more than was read. The text then ends with a whole line. */
  readonly whole: boolean;
}

export interface ProcessFiles {
  /** Empty where the process is gone, or the kernel has no such file. */
  readonly read: (name: string) => ProcessText;
  /** Names in a directory such as `fd`. */
  readonly list: (name: string) => readonly string[];
  readonly link: (name: string) => string | undefined;
  readonly inode: (name: string) => number | undefined;
  readonly close: () => void;
}

/** Undefined if that process is gone, whoever has its pid by now. */
export function openProcess(id: ProcessId, procRoot: string): ProcessFiles | undefined {
  const files = openPid(id.pid, procRoot);
  if (files !== undefined && parseStat(files.read('stat').text)?.start === id.start) return files;
  files?.close();
  return undefined;
}

/** Of whoever has the pid now: the caller asks these very files who that is. */
export function openPid(pid: number, procRoot: string): ProcessFiles | undefined {
  let directory: number;
  try {
    directory = openSync(`${procRoot}/${pid}`, 'r');
  } catch {
    return undefined;
  }
  const path = (name: string) => `/proc/self/fd/${directory}/${name}`;
  return {
    read: (name) => tryTo(() => readText(path(name))) ?? { text: '', whole: true },
    list: (name) => tryTo(() => readdirSync(path(name))) ?? [],
    link: (name) => tryTo(() => readlinkSync(path(name))),
    inode: (name) => tryTo(() => statSync(path(name)).ino),
    close: () => closeSync(directory),
  };
}

function readText(path: string): ProcessText {
  const fd = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let length = 0; length < LARGEST_TEXT; ) {
      const chunk = Buffer.allocUnsafe(32 * 1024);
      const count = readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) return { text: Buffer.concat(chunks).toString(), whole: true };
      chunks.push(chunk.subarray(0, count));
      length += count;
    }
    const text = Buffer.concat(chunks).toString();
    return { text: text.slice(0, text.lastIndexOf('\n') + 1), whole: false };
  } finally {
    closeSync(fd);
  }
}

/** Any file of /proc may vanish under our hands, and a machine that dies meanwhile is no error. */
function tryTo<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
