/** Signals reach init through its monitor: it is init's parent, so no pid can be mistaken. */
import { BackendError, type MachineHandle } from '../../backend.ts';
import { readFrames } from '../console/connection.ts';
import { encodeHello, encodeSignal } from '../console/frames.ts';
import { connectMonitor } from '../console/socket.ts';
import { errnoName, signalNumber } from './signals.ts';

const ANSWER_MS = 5_000;

/**
 * @param name SIGTERM, SIGRTMIN+3 ...
 * @throws BackendError 'not-running', 'failed' with the errno of kill(2)
 */
export async function sendSignal(machine: MachineHandle, name: string): Promise<void> {
  const number = signalNumber(name);
  const socket = await connectMonitor(machine);
  // Nobody reads in a monitor that is stopped.
  socket.setTimeout(ANSWER_MS, () => socket.destroy());
  socket.write(Buffer.concat([encodeHello(false, 0), encodeSignal(number)]));
  for await (const { type, payload } of readFrames(socket)) {
    if (type === 'o') return checkSent(machine, name, payload.readUInt32LE(0));
  }
  checkSent(machine, name, undefined);
}

/**
 * @param errno the monitor's answer: of kill(2), 0 when it was sent; undefined when it ended instead
 * @throws BackendError as sendSignal
 */
export function checkSent(machine: MachineHandle, name: string, errno: number | undefined): void {
  if (errno === undefined) {
    throw new BackendError(
      'not-running',
      `${machine.spec.name} ended, or its monitor does not answer: ${name} was not sent`,
    );
  }
  if (errno !== 0) {
    throw new BackendError('failed', `${machine.spec.name}: ${name} was not sent: ${errnoName(errno)}`, {
      syscall: 'kill',
      errno: errnoName(errno),
    });
  }
}
