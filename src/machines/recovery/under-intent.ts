/** Work whose rest after an error is settled as the next command would settle it after a death: by recover.ts. */
import type { Domain } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import { step } from '../store/crash-points.ts';
import { endIntent, type Intent, writeIntent } from '../store/intents.ts';
import type { Paths } from '../store/paths.ts';
import { recover } from './recover.ts';
import { wayOut } from './unsettled.ts';

type SettledIntent = Exclude<Intent, { readonly operation: 'stop' }>;

/**
 * The caller holds the locks. What recovery could complete is done; what it undid throws the first cause. `broken` aborted: a person does
 * not wait for that, and the intent stays for the next command. `note`: markIntent, where the deeds keep the intent before they do more than stage.
 */
export async function underIntent(
  domain: Domain,
  intent: SettledIntent,
  deeds: () => Promise<void>,
  broken?: AbortSignal,
  note: (paths: Paths, intent: Intent) => void = writeIntent,
): Promise<void> {
  step(intent.operation, 1);
  note(domain.paths, intent);
  try {
    await deeds();
  } catch (cause) {
    if (broken?.aborted) throw cause;
    if ((await settleRest(domain, intent, cause)) !== 'completed') throw cause;
    return;
  }
  endIntent(domain.paths, intent);
}

async function settleRest(domain: Domain, intent: SettledIntent, cause: unknown) {
  try {
    return await recover(domain, intent);
  } catch (second) {
    const error = toMachineError(cause, intent.name);
    const rest = toMachineError(second).message;
    throw new MachineError(error.code, `${error.message}; and it could not be undone yet: ${rest}`, {
      ...error,
      hint: `nothing is lost: ${wayOut(domain, intent)}`,
      cause,
    });
  }
}
