/** Files of /proc, cgroups and the run directory: tiny, read by the hundred for one `list`. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Shared: reading is synchronous, and the text is copied out before anybody else reads. */
const buffer = Buffer.allocUnsafe(8192);

/** The first 8 KiB in three system calls, or undefined if the file cannot be read. */
export function readSmallFile(path: string): string | undefined {
  // Most of what `list` looks for is missing, and an exception costs ten times this question.
  if (!existsSync(path)) return undefined;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
