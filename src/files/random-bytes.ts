/**
 * Random bytes of the kernel, for names and ids that must not meet. node:crypto has the same and takes 2 ms to load, which is
 * a tenth of a clone.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** @throws the system's error where there is no /dev/urandom */
export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  const fd = openSync('/dev/urandom', 'r');
  try {
    // random(4): up to 256 bytes come whole.
    if (count > 256 || readSync(fd, bytes) !== count)
      throw new RangeError(`no ${count} random bytes at once`);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** As lower-case hexadecimal digits, two for each byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
