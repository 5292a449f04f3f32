/** Names that nobody asked for: two commands may pick one at once, and who comes second picks again. */
import { MachineError } from '../errors.ts';

const MOST_ATTEMPTS = 5;

/** Returns the name. `lost`: codes of errors of `make` that say that another command was faster. */
export async function underPickedName(
  pick: () => string | Promise<string>,
  make: (name: string) => Promise<void>,
  lost: readonly MachineError['code'][],
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = await pick();
    try {
      await make(name);
      return name;
    } catch (error) {
      const isLost = error instanceof MachineError && lost.includes(error.code);
      if (!isLost || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}
