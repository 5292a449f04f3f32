/** push and pull, whoever keeps the machine. One that is stopped is locked meanwhile; one that runs is not, as for a command that runs in it. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TransferRequest, TransferResult, TransferWork } from '../../backends/files.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import type { CopyRequest } from '../file-access.ts';
import { hostSource, hostTarget, machineSource, machineTarget, STREAM } from './transfer-paths.ts';

export type Direction = 'push' | 'pull';

/** The machine that files go into or come out of. */
export interface Carrier {
  readonly name: string;
  /** Throws if there is none: nothing is made for a machine that is not there. */
  readonly requireIt: () => Promise<void>;
  readonly isLive: () => Promise<boolean>;
  /** While nobody else starts or changes it. */
  readonly locked: <T>(work: () => Promise<T>) => Promise<T>;
  readonly copy: (
    direction: Direction,
    request: TransferRequest,
    work: TransferWork,
  ) => Promise<TransferResult>;
}

export async function pushInto(carrier: Carrier, request: CopyRequest): Promise<TransferResult> {
  const sources = request.sources.map(hostSource);
  const { path, into } = machineTarget(request.target);
  if (sources.includes(STREAM)) requireOneFile(request, into);
  return carry(carrier, 'push', request, {
    sources,
    target: path,
    into: into || sources.length > 1,
    parents: request.parents,
    owner: request.owner ?? { uid: 0, gid: 0 },
    setId: request.setId,
  });
}

export async function pullOutOf(carrier: Carrier, request: CopyRequest): Promise<TransferResult> {
  const sources = request.sources.map(machineSource);
  const { path, into } = hostTarget(request.target);
  await carrier.requireIt();
  if (path === STREAM) requireOneFile(request, into);
  else if (request.parents) mkdirSync(into || sources.length > 1 ? path : dirname(path), { recursive: true });
  return carry(carrier, 'pull', request, {
    sources,
    target: path,
    into: into || sources.length > 1,
    parents: false,
    owner: request.owner ?? { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 },
    setId: request.setId,
  });
}

function requireOneFile({ sources, target }: CopyRequest, into: boolean): void {
  if (sources.length === 1 && !into) return;
  throw new MachineError('usage', `- is one file: what else is there cannot be copied with it`, {
    subject: target,
    hint: 'name one source, and a target that is the name of a file',
  });
}

/** The state may change until the lock is taken: then it is looked at again. */
async function carry(
  { name, isLive, locked, copy }: Carrier,
  direction: Direction,
  { progress, signal }: CopyRequest,
  request: TransferRequest,
): Promise<TransferResult> {
  let done = { files: 0, bytes: 0 };
  const counted = (now: typeof done) => {
    done = now;
  };
  const work = { progress, signal, counted };
  try {
    if (!(await isLive())) {
      const copied = await locked(async () =>
        (await isLive()) ? undefined : await copy(direction, request, work),
      );
      if (copied !== undefined) return copied;
    }
    return await copy(direction, request, work);
  } catch (cause) {
    throw signal.aborted ? brokenOff(name, request.target, done.files) : withCount(cause, name, done.files);
  }
}

function brokenOff(name: string, target: string, files: number): MachineError {
  return new MachineError('failed', `interrupted; ${whatIsDone(files)}`, {
    subject: name,
    hint: files === 0 ? undefined : `what is whole stays at ${target}; the same command copies all again`,
    tellsWhatIsLeft: true,
  });
}

function withCount(cause: unknown, name: string, files: number): MachineError {
  const error = toMachineError(cause, name);
  if (files === 0) return error;
  return new MachineError(error.code, `${error.message}; ${whatIsDone(files)}`, { ...error, cause });
}

function whatIsDone(files: number): string {
  if (files === 0) return 'nothing was copied';
  return files === 1 ? 'one file was copied by then' : `${files} files were copied by then`;
}
