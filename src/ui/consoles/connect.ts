/** Where a console's bytes come from, by what its id says. */
import type { Machines } from '../../machines/machines.ts';
import { type ConsoleId, isShell, machineOf } from '../state/console-view.ts';
import type { EmulatorSize } from './emulator.ts';
import type { Outside } from './outside.ts';
import type { Connected } from './sessions.ts';

/** Of what is kept of a console, as much as fills the lines above a screen, bytes. */
const MOST_REPLAYED = 65_536;

export function createConnect(
  machines: Machines,
  { openShell }: Pick<Outside, 'openShell'>,
  mayType: () => boolean,
): (id: ConsoleId, size: EmulatorSize) => Promise<Connected> {
  return async (id, size) => {
    const name = machineOf(id);
    if (isShell(id)) return { connection: await openShell(name, size), replayBytes: 0 };
    // Before it is attached: what comes between is live to us, and may be answered.
    const kept = (await machines.readConsoleLog(name)).length;
    const connection = await machines.attachConsole(name, { input: mayType(), replayBytes: MOST_REPLAYED });
    return { connection, replayBytes: Math.min(kept, MOST_REPLAYED) };
  };
}
