/** Several tars one after the other are one, if only the last one ends. */
import { createTarReader } from './tar-reader.ts';

/** A tar without the blocks of zeros that end it. */
export async function* withoutEnd(tar: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = createTarReader({ entry: () => {} });
  let before = 0;
  for await (const chunk of tar) {
    reader.feed(chunk);
    const rest = chunk.subarray(0, Math.max(0, (reader.length ?? Number.POSITIVE_INFINITY) - before));
    before += chunk.length;
    if (rest.length > 0) yield rest;
  }
  reader.finish();
}
