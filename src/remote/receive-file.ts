/** A file that another host sends: it appears whole, or not at all. */
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { renameDurably } from '../files/atomic-file.ts';
import { removeFile } from '../files/remove-file.ts';
import { MachineError } from '../machines/errors.ts';

/**
 * @param write what fills it, and resolves with an exit code: only after 0 it is kept
 * @throws MachineError 'exists' without `force`
 */
export async function receiveFile(
  name: string,
  { force }: { readonly force: boolean },
  write: (descriptor: number) => Promise<number>,
): Promise<number> {
  const path = resolve(name);
  if (!force && existsSync(path)) {
    throw new MachineError('exists', `there is a file ${path} already`, {
      subject: path,
      hint: 'choose another name, or --force to replace it',
    });
  }
  const part = `${path}.part`;
  const descriptor = openSync(part, 'wx', 0o600);
  let kept = false;
  try {
    const code = await write(descriptor);
    if (code !== 0) return code;
    fsyncSync(descriptor);
    renameDurably(part, path);
    kept = true;
    return 0;
  } finally {
    closeSync(descriptor);
    if (!kept) removeFile(part);
  }
}
