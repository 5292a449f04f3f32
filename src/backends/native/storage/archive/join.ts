/** Several tars one after the other are one, if only the last one ends. */
import { BackendError } from '../../../backend.ts';
import { END_BYTES } from './tar-format.ts';

/** A tar without its end. */
export async function* withoutEnd(tar: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of tar) {
    const known = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const end = Math.max(0, known.length - END_BYTES);
    held = known.subarray(end);
    if (end > 0) yield known.subarray(0, end);
  }
  // What tar itself says of it is the better word.
  if (held.length === END_BYTES && held.every((byte) => byte === 0)) return;
  throw new BackendError('failed', 'tar ended in the middle of its work');
}
