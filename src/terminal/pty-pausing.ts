/**
 * A program on a pty that is not read for a while, and may end meanwhile. Node reads ahead, and drops all that when the last one who has
 * the pty open closes it; node-pty closes its end soon after the program's (200 ms), read or not. So we have it open too for that while,
 * and look whether the program lives.
 */
import { closeSync, constants, openSync } from 'node:fs';

export interface Pausing {
  readonly pause: () => void;
  readonly resume: () => void;
  /** The pty is closed. */
  readonly close: () => void;
}

interface Pty {
  readonly pid: number;
  readonly pause: () => void;
  readonly resume: () => void;
}

/** Of the 200 ms enough is left to read a pty's buffers empty. */
const LOOK_MS = 40;

export function createPausing(pty: Pty): Pausing {
  let looking: NodeJS.Timeout | undefined;
  let slave: number | undefined;
  let ended = false;
  const letGo = (): void => {
    if (slave !== undefined) closeSync(slave);
    slave = undefined;
  };
  const goOn = (): void => {
    clearInterval(looking);
    looking = undefined;
    pty.resume();
  };
  const look = (): void => {
    if (isAlive(pty.pid)) return;
    ended = true;
    goOn();
  };
  return {
    pause: () => {
      if (ended || looking !== undefined) return;
      slave ??= openSlave(pty);
      looking = setInterval(look, LOOK_MS);
      pty.pause();
    },
    resume: () => {
      if (looking === undefined) return;
      goOn();
      letGo();
    },
    close: () => {
      clearInterval(looking);
      letGo();
    },
  };
}

/** What node-pty's types do not tell: on Unix it knows the slave's path. */
function openSlave(pty: Pty): number | undefined {
  const { ptsName } = pty as { readonly ptsName?: string };
  if (ptsName === undefined) return undefined;
  try {
    return openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
