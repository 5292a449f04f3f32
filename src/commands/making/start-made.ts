/** What `create --start` and `clone --start` share. */
import type { Machines } from '../../machines/machines.ts';
import { printFailure } from '../../presentation/output/failure.ts';
import type { Output } from '../../presentation/output/output.ts';

/** The machine stays when it does not start: what is wrong can be looked at and set right. @param waitSeconds for its boot; undefined: not */
export async function startMade(
  output: Output,
  machines: Machines,
  name: string,
  waitSeconds?: number,
): Promise<boolean> {
  try {
    await machines.start(name, { ifNeeded: false });
    if (waitSeconds !== undefined) {
      output.progress(`waiting until ${name} has booted`);
      await machines.waitUntilReady(name, waitSeconds);
    }
    return true;
  } catch (error) {
    printFailure(error, `start ${name}`, output.json, output.terminals);
    return false;
  }
}
