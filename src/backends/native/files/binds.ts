/** Binds of a machine that runs: the helper's `bind`. */
import { statSync } from 'node:fs';
import { BackendError, type BindMount } from '../../backend.ts';
import { runHelperAtOnce } from '../helper-client.ts';
import type { ProcessId } from '../life/process-stat.ts';
import { decodeRecords, encodeRecords, type WireRecord } from '../records.ts';
import { storageError } from '../storage/storage-error.ts';

export interface LiveMachine {
  readonly name: string;
  readonly init: ProcessId;
}

/** `mapping`: whether what is the host's root's is the machine's root's in it, and so on; as its start does it. @throws as BackendFiles.bind */
export function bindLive(
  helperPath: string,
  machine: LiveMachine & { readonly mapping: 'mapped' | 'plain' },
  bind: BindMount,
): void {
  refuseDevices(machine.name, bind);
  const mode = bind.readOnly ? 'read-only' : 'read-write';
  const tree = { name: 'tree', arguments: [machine.mapping, mode, bind.source] };
  run(helperPath, machine, [tree, { name: 'path', arguments: [bind.path] }], `bind ${bind.source} to`);
}

/** False: there is no such mount. */
export function unbindLive(helperPath: string, machine: LiveMachine, path: string): boolean {
  const answer = run(helperPath, machine, [{ name: 'path', arguments: [path] }], 'take away');
  return answer.trim() !== 'absent';
}

/** Which devices a machine may use is loaded with the mounts of its start. */
function refuseDevices(name: string, { source, path, devices = false }: BindMount): void {
  const status = statSync(source, { throwIfNoEntry: false });
  const isNode = status?.isCharacterDevice() === true || status?.isBlockDevice() === true;
  if (!devices && !isNode) return;
  throw new BackendError('unsupported', `a machine that runs gets no devices: ${source}`, {
    path: source,
    hint: `Set it for its next start: tsmachine set ${name} bind=${source}:${path}${devices ? ':dev' : ''}`,
  });
}

const HINTS: Readonly<Record<string, string>> = {
  EINVAL: 'The file system of the source may not know id-mapped mounts: bind a directory of another one.',
  ELOOP: 'The path inside leads through a symbolic link: name the place itself.',
  ENOTDIR: 'Something on the path inside is no directory.',
  ENOENT: 'See whether the source is there still.',
  EROFS: 'The place to mount it on is missing, and cannot be made.',
};

function run(
  helperPath: string,
  { name, init }: LiveMachine,
  records: readonly WireRecord[],
  action: string,
): string {
  const initRecord = { name: 'init', arguments: [String(init.pid), String(init.start)] };
  const path = records.at(-1)?.arguments[0] ?? '';
  const { code, output, complaint } = runHelperAtOnce(helperPath, ['bind'], {
    stdio: 'pipe',
    input: encodeRecords([initRecord, ...records]),
  });
  if (code === 0) return output.toString('utf8');
  const [syscall = '', errno = '', at = ''] = failureOf(complaint);
  if (syscall === 'pidfd_open') throw new BackendError('not-running', `${name} ended meanwhile`);
  const error = storageError(action, `${path} in ${name}`, { code: errno, syscall });
  const hint = HINTS[errno] ?? error.hint;
  throw new BackendError(error.code, error.message, { syscall, errno, path: at, ...(hint && { hint }) });
}

function failureOf(said: Buffer): readonly string[] {
  try {
    return decodeRecords(said)[0]?.arguments ?? [];
  } catch {
    return [];
  }
}
