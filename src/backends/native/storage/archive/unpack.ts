/**
 * Reading an archive that anybody may have made. GNU tar unpacks it where nothing but one directory can be written (`confined`); what
 * goes in is looked at before (gate.ts), what came out is looked at afterwards.
 */
import { readdirSync, statfsSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveInput, OpenArchive, StorageWork } from '../../../storage.ts';
import { spawnConfined } from '../trees/confined.ts';
import { scanTree } from '../trees/looking.ts';
import { decompress } from './decompress.ts';
import { type Bounds, createGate } from './gate.ts';
import { readManifest } from './read-manifest.ts';
import { tarEnd, UNPACK_COMMAND } from './tar-command.ts';
import { MANIFEST, STATES } from './tar-format.ts';
import { damaged, type TarReader } from './tar-reader.ts';

/** The rest is others'. */
const SHARE_OF_FREE = 0.9;

export async function openArchive(
  helperPath: string,
  input: ArchiveInput,
  work: StorageWork,
): Promise<OpenArchive> {
  const tar = decompress(input, work);
  const close = async () => {
    await tar.return(undefined);
  };
  try {
    const beginning = await readManifest(tar);
    return {
      manifest: beginning.manifest,
      async unpack(directory, states, maxBytes) {
        const gate = createGate(states, boundsOf(directory, maxBytes));
        await unpackInto(helperPath, directory, passed(gate, beginning.seen, tar), work);
        await checkUnpacked(helperPath, directory, states);
      },
      close,
    };
  } catch (error) {
    await close();
    work.signal.throwIfAborted();
    throw error;
  }
}

export function boundsOf(directory: string, maxBytes: number | undefined): Bounds {
  const { bavail, bsize, ffree, files } = statfsSync(directory);
  const bytes = Math.floor(bavail * bsize * SHARE_OF_FREE);
  // Some file systems have as many files as there is room.
  const entries = files === 0 ? Number.POSITIVE_INFINITY : Math.floor(ffree * SHARE_OF_FREE);
  return maxBytes === undefined
    ? { bytes, entries, reason: `nine tenths of what is free in ${directory}: the disk is too full` }
    : { bytes: maxBytes, entries, reason: 'all that --max-size allows' };
}

/** Nothing goes on that the gate has not seen. */
export async function* passed(
  gate: TarReader,
  seen: readonly Buffer[],
  tar: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  for (const chunk of seen) {
    gate.feed(chunk);
    yield chunk;
  }
  for await (const chunk of tar) {
    gate.feed(chunk);
    yield chunk;
  }
  gate.finish();
}

export async function unpackInto(
  helperPath: string,
  directory: string,
  archive: AsyncIterable<Buffer>,
  { signal }: StorageWork,
): Promise<void> {
  const running = spawnConfined(helperPath, directory, UNPACK_COMMAND, { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = tarEnd(running, 'unpack', 'the archive');
  ended.catch(() => {});
  try {
    await pipeline(Readable.from(archive, { objectMode: false }), running.child.stdin as Writable, {
      signal,
    });
  } catch (error) {
    // It broke off: what it said is the reason.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') await ended;
    running.child.kill('SIGKILL');
    await ended.catch(() => {});
    signal.throwIfAborted();
    throw error;
  }
  await ended;
}

/** Each state is there and a directory, nothing else is, and nothing would mean something else as a layer. */
async function checkUnpacked(helperPath: string, directory: string, states: number): Promise<void> {
  if (readdirSync(directory).some((name) => name !== MANIFEST && name !== STATES)) {
    throw damaged('something lies beside its states');
  }
  const missing = new Set(Array.from({ length: states }, (_, number) => String(number)));
  for await (const { path, depth, type, whiteout, opaque, redirected } of scanTree(
    helperPath,
    `${directory}/${STATES}`,
  )) {
    if (whiteout || opaque || redirected) throw damaged('it has marks of an overlay');
    if (depth === 1 && (type !== 'directory' || !missing.delete(path)))
      throw damaged('a state is no directory');
  }
  for (const number of missing) throw damaged(`state ${number} is missing`);
}
