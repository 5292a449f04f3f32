/** push and pull. A machine that is stopped is locked meanwhile; one that runs is not, as for a command that runs in it. Loaded lazily. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TransferRequest, TransferResult } from '../../backends/files.ts';
import { type Domain, record } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import type { CopyRequest } from '../file-access.ts';
import { settleEnding } from '../lifecycle/settle-ending.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import { loadMachine } from '../store/store.ts';
import { hostSource, hostTarget, machineSource, machineTarget, STREAM } from './transfer-paths.ts';

type Direction = 'push' | 'pull';

export async function push(domain: Domain, name: string, request: CopyRequest): Promise<TransferResult> {
  const sources = request.sources.map(hostSource);
  const { path, into } = machineTarget(request.target);
  if (sources.includes(STREAM)) requireOneFile(request, into);
  const result = await carry(domain, name, 'push', request, {
    sources,
    target: path,
    into: into || sources.length > 1,
    parents: request.parents,
    owner: request.owner ?? { uid: 0, gid: 0 },
    setId: request.setId,
  });
  record(domain, name, 'pushed', { to: path, files: result.files });
  return result;
}

export async function pull(domain: Domain, name: string, request: CopyRequest): Promise<TransferResult> {
  const sources = request.sources.map(machineSource);
  const { path, into } = hostTarget(request.target);
  // Nothing is made for a machine that is not there.
  loadMachine(domain.paths, name);
  if (path === STREAM) requireOneFile(request, into);
  else if (request.parents) makeParents(into || sources.length > 1 ? path : dirname(path));
  return carry(domain, name, 'pull', request, {
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

function makeParents(directory: string): void {
  mkdirSync(directory, { recursive: true });
}

/** The state may change until the lock is taken: then it is looked at again. */
async function carry(
  domain: Domain,
  name: string,
  direction: Direction,
  { progress, signal }: CopyRequest,
  request: TransferRequest,
): Promise<TransferResult> {
  const { files } = domain.backend;
  let done = { files: 0, bytes: 0 };
  const counted = (now: typeof done) => {
    done = now;
  };
  const work = { progress, signal, counted };
  const live = () => 'pid' in domain.backend.status(loadMachine(domain.paths, name).handle);
  const copy = () => files[direction](loadMachine(domain.paths, name).handle, request, work);
  try {
    if (!live()) {
      const copied = await withMachines(domain, [name], async () => {
        await settleEnding(domain, loadMachine(domain.paths, name));
        return live() ? undefined : await copy();
      });
      if (copied !== undefined) return copied;
    }
    return await copy();
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
