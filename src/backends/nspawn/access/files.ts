/** Files in and out of machines that machined keeps, and host directories into running ones. */
import { statSync } from 'node:fs';
import { BackendError, type BindMount } from '../../backend.ts';
import type { TransferRequest, TransferResult, TransferWork } from '../../files.ts';
import type { ManagedImage } from '../../manager/images.ts';
import { bindLive, unbindLive } from '../../native/files/binds.ts';
import { type TransferSide, transfer } from '../../native/files/transfer.ts';
import type { Direction } from '../../native/files/transfer-records.ts';
import { shiftOf } from '../images/shift.ts';
import { changing, type FindMachine, openLeader, ownNamespaces, requireMachine } from './leader.ts';

export async function carry(
  find: FindMachine,
  helperPath: string,
  direction: Direction,
  name: string,
  request: TransferRequest,
  work: TransferWork,
): Promise<TransferResult> {
  const { status, image, ...rest } = await requireMachine(find, name);
  if (status.state !== 'stopped' || image === null) {
    const { init, files } = openLeader({ status, image, ...rest });
    files.close();
    if (status.state === 'stopping') throw changing(name, status.state);
    return transfer(helperPath, direction, { name, place: { init }, ids: undefined }, request, work);
  }
  if (direction === 'push' && image.readOnly) {
    throw new BackendError('failed', `the image of ${name} is read-only: nothing goes into it`, {
      path: image.path,
      hint: `Allow it first: machinectl read-only ${name} no`,
    });
  }
  return transfer(helperPath, direction, imageSide(name, image), request, work);
}

function imageSide(name: string, image: ManagedImage): TransferSide {
  if (image.kind !== 'directory' && image.kind !== 'subvolume') {
    throw new BackendError('unsupported', `the files of ${name} lie in a disk image, and it is stopped`, {
      path: image.path,
      hint: `Start it first: tsmachine start ${name}`,
    });
  }
  const { uid, gid } = statSync(image.path);
  const shift = shiftOf(uid, gid);
  return shift === undefined
    ? { name, place: { tree: image.path }, ids: undefined }
    : { name, place: { tree: image.path, shift }, ids: shift.count };
}

/** With users of its own the source is mapped to them, as `idmap` of Bind= does it (systemd-nspawn(1)). */
export async function bind(
  find: FindMachine,
  helperPath: string,
  name: string,
  wanted: BindMount,
): Promise<void> {
  const { init, files } = openLeader(await requireMachine(find, name));
  const mapping = ownNamespaces(files).has('user') ? 'plain' : 'mapped';
  files.close();
  bindLive(helperPath, { name, init, mapping }, wanted);
}

export async function unbind(
  find: FindMachine,
  helperPath: string,
  name: string,
  path: string,
): Promise<boolean> {
  const { init, files } = openLeader(await requireMachine(find, name));
  files.close();
  try {
    return unbindLive(helperPath, { name, init }, path);
  } catch (error) {
    throw isLocked(error) ? untilItsEnd(name, path, error) : error;
  }
}

/** umount(2): what was mounted before the machine got users of its own is locked for good (mount_namespaces(7)), for the host's root too. */
function isLocked(error: unknown): boolean {
  return error instanceof BackendError && error.syscall === 'umount2' && error.errno === 'EINVAL';
}

function untilItsEnd(name: string, path: string, cause: unknown): BackendError {
  return new BackendError(
    'unsupported',
    `${path} was mounted by the start of ${name}, and stays until it ends`,
    {
      path,
      hint: `Take it away while it is stopped: tsmachine stop ${name}; tsmachine bind ${name} ${path} --remove`,
      cause,
    },
  );
}
