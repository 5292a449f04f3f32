/** The bytes of a tar out of a file that may be compressed: its first bytes say how, whatever its name is. */
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BackendError } from '../../../backend.ts';
import type { ArchiveInput, StorageWork } from '../../../storage.ts';
import { startTool } from '../tool.ts';
import { COMPRESSORS, compressionOf, MAGIC_LENGTH } from './compression.ts';
import { readerOf } from './descriptor-streams.ts';

/** Ending the iteration early ends the program too. */
export async function* decompress(input: ArchiveInput, work: StorageWork): AsyncGenerator<Buffer> {
  const source = counted(input, work);
  const beginning = await beginningOf(source);
  const compression = compressionOf(beginning);
  const file = continued(beginning, source);
  if (compression === 'none') return yield* file;
  const { tool, unpack } = COMPRESSORS[compression];
  const { child, done } = startTool(tool, unpack, ['pipe', 'pipe'], { action: 'read', path: 'the archive' });
  const fed = pipeline(Readable.from(file, { objectMode: false }), child.stdin as Writable);
  // A program that does not read to the end says itself why.
  fed.catch(() => {});
  try {
    yield* child.stdout as Readable;
    await done.catch(throwDamaged);
    await fed;
  } finally {
    child.kill('SIGKILL');
  }
}

/** What the program complains of is of the archive, unless it is missing itself. */
function throwDamaged(error: unknown): never {
  if (!(error instanceof BackendError) || error.code !== 'failed' || error.hint !== undefined) throw error;
  throw new BackendError(error.code, error.message, {
    hint: 'It is damaged or cut off: fetch it once more, and compare its size and checksum with those of the source.',
    cause: error,
  });
}

async function* counted(
  { descriptor, bytes }: ArchiveInput,
  { progress, signal }: StorageWork,
): AsyncGenerator<Buffer> {
  const file = readerOf(descriptor);
  const abort = () => file.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let done = 0;
  for await (const chunk of file as AsyncIterable<Buffer>) {
    done += chunk.length;
    progress({ done, total: bytes, unit: 'bytes' });
    yield chunk;
  }
}

/** As much as tells one format from another; less only of a shorter file. */
async function beginningOf(source: AsyncIterator<Buffer>): Promise<Buffer> {
  let beginning: Buffer = Buffer.alloc(0);
  while (beginning.length < MAGIC_LENGTH) {
    const { done, value } = await source.next();
    if (done === true) break;
    beginning = Buffer.concat([beginning, value]);
  }
  return beginning;
}

async function* continued(beginning: Buffer, source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (beginning.length > 0) yield beginning;
  yield* source;
}
