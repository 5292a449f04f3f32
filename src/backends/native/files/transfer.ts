/** push and pull: the helper's `transfer`, and what it says when it fails. */
import type { Readable, Writable } from 'node:stream';
import { BackendError } from '../../backend.ts';
import type { TransferRequest, TransferResult, TransferWork } from '../../files.ts';
import { spawnHelper, waitForExit } from '../helper-client.ts';
import { decodeRecords, encodeRecords, type WireRecord } from '../records.ts';
import { storageError } from '../storage/storage-error.ts';
import { createTally } from './tally.ts';
import { type Direction, type TransferPlace, transferRecords } from './transfer-records.ts';

/** More than its failure records have. */
const COMPLAINT_LIMIT = 64 * 1024;

export interface TransferSide {
  readonly name: string;
  readonly place: TransferPlace;
  /** How many ids the machine has; undefined: all there are. */
  readonly ids: number | undefined;
}

/** @throws as BackendFiles.push; the signal's reason */
export async function transfer(
  helperPath: string,
  direction: Direction,
  { name, place, ids }: TransferSide,
  request: TransferRequest,
  work: TransferWork,
): Promise<TransferResult> {
  work.signal.throwIfAborted();
  const tally = createTally(work);
  const { child, failed } = spawnHelper(helperPath, ['transfer'], {
    stdio: [
      request.sources[0] === '-' ? 'inherit' : 'ignore',
      request.target === '-' ? 'inherit' : 'ignore',
      'pipe',
      'pipe',
      'pipe',
    ],
    // Ctrl-C is for us: we end it, and it removes what is half made.
    detached: true,
  });
  const records = child.stdio[3] as Writable;
  // A helper that is gone does not read; its exit code says so.
  records.on('error', () => {});
  records.end(encodeRecords(transferRecords(direction, place, ids, request)));
  (child.stdio[4] as Readable).on('data', tally.hear);
  const complaint = collect(child.stderr as Readable);
  const abort = () => child.kill('SIGTERM');
  work.signal.addEventListener('abort', abort);
  try {
    const { code } = await Promise.race([waitForExit(child), failed]);
    work.signal.throwIfAborted();
    if (code !== 0) throw failure(direction, name, complaint(), code);
    return tally.result();
  } finally {
    work.signal.removeEventListener('abort', abort);
  }
}

function collect(stream: Readable): () => Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length < COMPLAINT_LIMIT) chunks.push(chunk);
    length += chunk.length;
  });
  return () => Buffer.concat(chunks);
}

/** Both of its processes may have something to say: the first is why. */
function firstRecord(said: Buffer): WireRecord | undefined {
  const end = said.indexOf('\0end\x000\0');
  try {
    return decodeRecords(end < 0 ? said : said.subarray(0, end + '\0end\x000\0'.length))[0];
  } catch {
    return undefined;
  }
}

const HINTS: Readonly<Record<string, string>> = {
  'write ENOENT': 'There is no such directory: --parents makes it.',
  'write EISDIR': 'A directory of that name is there, and is not replaced by a file.',
  'write ENOTDIR': 'Something of that name is there that is no directory (a symbolic link is not followed).',
  'write EOVERFLOW': 'The machine has no such user or group number: give the files another --owner.',
  'read ENOENT': 'See what is there: the path is one of the side that is copied from.',
  'read EACCES':
    'The file belongs to somebody that the machine does not know, or is closed even to its root.',
};

function failure(direction: Direction, name: string, said: Buffer, code: number | null): BackendError {
  const [syscall = '', errno = '', path = '', where = ''] = firstRecord(said)?.arguments ?? [];
  if (errno === '') {
    return new BackendError(
      'failed',
      `the helper ended with ${code === null ? 'a signal' : `exit code ${code}`}`,
    );
  }
  if (where === 'enter' && errno === 'ESRCH') {
    return new BackendError('not-running', `${name} ended meanwhile: what had come over by then is whole`);
  }
  const inMachine = (where === 'write') === (direction === 'push');
  const place = `${path === '-' ? 'a stream' : path}${inMachine && where !== 'enter' ? ` in ${name}` : ''}`;
  const action = where === 'enter' ? `open the files of ${name}, by` : where;
  const error = storageError(action, where === 'enter' ? path || syscall : place, { code: errno, syscall });
  // The kernel's word, of a machine that runs.
  const isOwner = errno === 'EINVAL' && syscall.startsWith('fchown');
  const hint =
    HINTS[`${where} ${isOwner ? 'EOVERFLOW' : errno}`] ??
    (errno === 'ELOOP' || errno === 'ENOTDIR' ? undefined : error.hint);
  return new BackendError(error.code, error.message, {
    syscall,
    errno,
    path,
    ...(hint === undefined ? {} : { hint }),
  });
}
