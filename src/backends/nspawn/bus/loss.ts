/** The end of a connection, however it comes. */
import type { Socket } from 'node:net';
import { LinkLost } from './failures.ts';

export interface Loss {
  readonly happened: boolean;
  /** Called once, also if it has happened. */
  onLost(listener: (lost: LinkLost) => void): void;
  /** Ends the connection. */
  cause(lost: LinkLost): void;
}

export function watchLoss(stream: Socket): Loss {
  const listeners: ((lost: LinkLost) => void)[] = [];
  let is: LinkLost | undefined;
  const cause = (lost: LinkLost): void => {
    if (is !== undefined) return;
    is = lost;
    stream.destroy();
    for (const listener of listeners.splice(0)) listener(lost);
  };
  const ended = (): void => cause(new LinkLost('the bus ended the connection'));
  stream.on('error', (error: NodeJS.ErrnoException) => cause(new LinkLost(error.message, error.code)));
  stream.on('close', ended);
  stream.on('end', ended);
  return {
    get happened() {
      return is !== undefined;
    },
    onLost: (listener) => {
      if (is === undefined) listeners.push(listener);
      else listener(is);
    },
    cause,
  };
}
