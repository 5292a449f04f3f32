/** Looks at many groups at once. The addon has them, and spends on a file little more than the kernel does; Node can do the same. */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import type { Addon } from '../../addon.ts';

export type Looks = Pick<Addon, 'read' | 'links' | 'directories'>;

export const looksByNode: Looks = {
  read: (directory, names, file, room, lengths) => {
    const share = room.length / lengths.length;
    for (const [index, path] of pathsOf(directory, names, `/${file}`).entries()) {
      lengths[index] = valueOrErrno(() => readOne(path, room, index * share, share));
    }
    return undefined;
  },
  links: (directory, names, links) => {
    for (const [index, path] of pathsOf(directory, names, '').entries()) {
      links[index] = valueOrErrno(() => statSync(path).nlink);
    }
    return undefined;
  },
  directories: (directory) => namesIn(Buffer.from(directory, 'latin1')).join(''),
};

function namesIn(directory: Buffer): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true, encoding: 'latin1' });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${name}\0`);
  } catch {
    return [];
  }
}

function pathsOf(directory: string, names: string, file: string): readonly Buffer[] {
  const paths = names.split('\0').slice(0, -1);
  return paths.map((name) => Buffer.from(`${directory}/${name}${file}`, 'latin1'));
}

function readOne(path: Buffer, room: Buffer, from: number, share: number): number {
  const fd = openSync(path, 'r');
  try {
    return readSync(fd, room, from, share, 0);
  } finally {
    closeSync(fd);
  }
}

function valueOrErrno(look: () => number): number {
  try {
    return look();
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    return -(constants.errno[code as keyof typeof constants.errno] ?? constants.errno.EIO);
  }
}

/** Of a mount point, as `Looks` take it. */
export function bytesAsText(path: string): string {
  return Buffer.from(path).toString('latin1');
}
