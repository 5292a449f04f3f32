/** Writing an archive: a manifest, then each state by a tar that sees it as one tree, all through one compressor. */
import { mkdirSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileState, PackedState, PackRequest, StorageWork } from '../../../storage.ts';
import { stackOf } from '../diff/changes.ts';
import { startTool } from '../tool.ts';
import { untilEnd, writePaths } from '../trees/helper-work.ts';
import { spawnView } from '../trees/in-view.ts';
import { pathBytes } from '../trees/tree-entries.ts';
import { COMPRESSORS } from './compression.ts';
import { type Delta, deltaOf, wholeOf } from './delta.ts';
import { writerOf } from './descriptor-streams.ts';
import { withoutEnd } from './join.ts';
import { packCommand, tarEnd } from './tar-command.ts';
import { END_BYTES, fileHeader, MANIFEST, padding } from './tar-format.ts';

interface Place {
  readonly helperPath: string;
  /** Where states are looked at. */
  readonly at: string;
  /** An empty layer. */
  readonly empty: string;
}

/** @throws BackendError; the signal's reason */
export async function packStates(helperPath: string, request: PackRequest, work: StorageWork): Promise<void> {
  const { states, workDirectory } = request;
  const place = { helperPath, at: `${workDirectory}/view`, empty: `${workDirectory}/empty` };
  mkdirSync(place.at, { mode: 0o700 });
  mkdirSync(place.empty, { mode: 0o755 });
  const deltas: Delta[] = [];
  for (const state of states) {
    work.signal.throwIfAborted();
    deltas.push(await packedOf(helperPath, states, state));
  }
  const archive = counted(archiveOf(place, request, deltas), deltas, work);
  const sink = openSink(request);
  try {
    await pipeline(Readable.from(archive, { objectMode: false }), sink.into, { signal: work.signal });
    await sink.done;
  } catch (error) {
    await sink.giveUp(error);
    work.signal.throwIfAborted();
    throw error;
  }
}

function packedOf(helperPath: string, states: readonly PackedState[], { files, base }: PackedState) {
  const from = base === undefined ? undefined : states[base]?.files;
  return from === undefined ? wholeOf(helperPath, files) : deltaOf(helperPath, from, files);
}

async function* archiveOf(
  place: Place,
  { states, manifest }: PackRequest,
  deltas: readonly Delta[],
): AsyncGenerator<Buffer> {
  const about = manifest(deltas.map(({ removed }) => removed.map(pathBytes)));
  yield Buffer.concat([fileHeader(MANIFEST, about.length), about, Buffer.alloc(padding(about.length))]);
  for (const [number, { files }] of states.entries()) {
    yield* tarOf(place, number, files, deltas[number]?.paths);
  }
  yield Buffer.alloc(END_BYTES);
}

async function* tarOf(
  { helperPath, at, empty }: Place,
  number: number,
  state: FileState,
  paths: readonly string[] | undefined,
): AsyncGenerator<Buffer> {
  const stack = stackOf(state);
  // Of a layer alone a view would show the whiteouts.
  const layers = state.driver === 'overlay' && stack.length === 1 ? [...stack, empty] : stack;
  const stdin = paths === undefined ? 'ignore' : 'pipe';
  const command = packCommand(number, paths !== undefined);
  const running = spawnView(helperPath, { layers, at }, command, [stdin, 'pipe', 'pipe']);
  const ended = tarEnd(running, 'pack', stack[0] ?? at);
  if (paths !== undefined)
    writePaths(
      running,
      paths.map((path) => (path === '' ? '.' : `./${path}`)),
    );
  yield* untilEnd(running, withoutEnd(running.child.stdout as Readable), ended);
}

async function* counted(
  archive: AsyncIterable<Buffer>,
  deltas: readonly Delta[],
  { progress }: StorageWork,
): AsyncGenerator<Buffer> {
  const expected = deltas.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for await (const chunk of archive) {
    done += chunk.length;
    // Headers take room too, and what is on disk may be less than what is read.
    progress({ done, total: Math.max(done, expected), unit: 'bytes' });
    yield chunk;
  }
}

interface Sink {
  readonly into: Writable;
  readonly done: Promise<void>;
  /** Ends it after an error, and throws what it died of if that was the cause. */
  giveUp(error: unknown): Promise<void>;
}

function openSink({ compression, output }: PackRequest): Sink {
  if (compression === 'none') {
    return { into: writerOf(output), done: Promise.resolve(), giveUp: async () => {} };
  }
  const { tool, pack } = COMPRESSORS[compression];
  const { child, done } = startTool(tool, pack(), ['pipe', output], { action: 'write', path: 'the archive' });
  return {
    into: child.stdin as Writable,
    done,
    async giveUp(error) {
      const itself = isBrokenPipe(error);
      if (!itself) child.kill('SIGKILL');
      await done.catch((cause) => {
        if (itself) throw cause;
      });
    },
  };
}

/** Whoever should have read does not any more. */
function isBrokenPipe(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED';
}
