import { existsSync, unlinkSync } from 'node:fs';

/** What is not there is no error. Node's rmSync, which removes trees too, takes half a millisecond to load. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A read-only file system refuses before it looks.
    if (code === 'ENOENT' || (code === 'EROFS' && !existsSync(path))) return;
    throw error;
  }
}
