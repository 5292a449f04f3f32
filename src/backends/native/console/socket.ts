/** Reaching a machine's monitor through the console.sock of its run directory. */
import { closeSync, openSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { BackendError, type MachineHandle } from '../../backend.ts';

/** sun_path of unix(7) has 108 bytes, the last one NUL. */
const SOCKET_PATH_LIMIT = 107;

/**
 * A connected socket, paused: nothing is read before somebody reads.
 * @throws BackendError 'not-running' if no monitor listens, 'permission', 'failed'
 */
export async function connectMonitor(machine: MachineHandle): Promise<Socket> {
  const path = `${machine.runDirectory}/console.sock`;
  if (Buffer.byteLength(path) <= SOCKET_PATH_LIMIT) return connect(path, machine);
  const directory = openDirectory(machine);
  try {
    return await connect(`/proc/self/fd/${directory}/console.sock`, machine);
  } finally {
    closeSync(directory);
  }
}

function openDirectory(machine: MachineHandle): number {
  try {
    return openSync(machine.runDirectory, 'r');
  } catch (error) {
    throw connectError(error as NodeJS.ErrnoException, machine);
  }
}

function connect(path: string, machine: MachineHandle): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path, allowHalfOpen: false });
    socket.once('error', (error) => reject(connectError(error, machine)));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket.pause());
    });
  });
}

function connectError(cause: NodeJS.ErrnoException, machine: MachineHandle): BackendError {
  const absent = cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED' || cause.code === 'ENOTDIR';
  const { name } = machine.spec;
  if (absent) {
    return new BackendError('not-running', `${name} is not running`, {
      hint: `Start it: tsmachine start ${name}`,
      cause,
    });
  }
  const code = cause.code === 'EACCES' ? 'permission' : 'failed';
  return new BackendError(code, `cannot reach the monitor of ${name}: ${cause.code ?? cause.message}`, {
    syscall: 'connect',
    path: `${machine.runDirectory}/console.sock`,
    ...(cause.code === undefined ? {} : { errno: cause.code }),
    cause,
  });
}
