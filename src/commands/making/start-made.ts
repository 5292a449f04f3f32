/** What `create --start` and `clone --start` share. */
import type { Machines } from '../../machines/machines.ts';
import { printFailure } from '../../presentation/failure.ts';
import type { Output } from '../../presentation/output.ts';

/** The machine stays when it does not start: what is wrong can be looked at and set right. */
export async function startMade(output: Output, machines: Machines, name: string): Promise<boolean> {
  try {
    await machines.start(name, { ifNeeded: false });
    return true;
  } catch (error) {
    printFailure(error, `start ${name}`, output.json, output.terminals);
    return false;
  }
}
