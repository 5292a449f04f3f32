/** Collecting a command's output within a bound. */
import type { Readable } from 'node:stream';

const OUTPUT_LIMIT = 1024 * 1024;

/** The first MiB; the rest is read and dropped, so that the command is not blocked by us. */
export async function collectOutput(stream: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  if (stream === null) return Buffer.alloc(0);
  for await (const chunk of stream) {
    const wanted = (chunk as Buffer).subarray(0, OUTPUT_LIMIT - length);
    if (wanted.length > 0) chunks.push(wanted);
    length += wanted.length;
  }
  return Buffer.concat(chunks);
}
