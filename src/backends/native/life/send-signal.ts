/** Signals reach init through its monitor: it is init's parent, so no pid can be mistaken. */
import { BackendError, type MachineHandle } from '../../backend.ts';
import { readFrames } from '../console/connection.ts';
import { encodeHello, encodeSignal } from '../console/frames.ts';
import { connectMonitor } from '../console/socket.ts';
import { errnoName, signalNumber } from './signals.ts';

/**
 * @param name SIGTERM, SIGRTMIN+3 ...
 * @throws BackendError 'not-running', 'failed' with the errno of kill(2)
 */
export async function sendSignal(machine: MachineHandle, name: string): Promise<void> {
  const number = signalNumber(name);
  const socket = await connectMonitor(machine);
  socket.write(Buffer.concat([encodeHello(false, 0), encodeSignal(number)]));
  for await (const { type, payload } of readFrames(socket)) {
    if (type !== 'o') continue;
    const errno = payload.readUInt32LE(0);
    if (errno === 0) return;
    throw new BackendError('failed', `${machine.spec.name}: ${name} was not sent: ${errnoName(errno)}`, {
      syscall: 'kill',
      errno: errnoName(errno),
    });
  }
  throw new BackendError('not-running', `${machine.spec.name} ended before ${name} was sent`);
}
