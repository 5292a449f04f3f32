/** What may have changed a machine's state: bells, each to be answered by looking. */
import type { SignalMatch } from '../bus/calls.ts';
import { type Followed, followSignals } from '../bus/follow.ts';
import type { NspawnContext } from '../context.ts';
import { machineSignals } from '../machine1.ts';
import { unitChanges } from '../systemd1.ts';

/** Begins with 'begun': what happens from then on rings. Ends when `signal` aborts. */
export function changesOfMachine(
  { bus, systemd1 }: NspawnContext,
  { name, unit }: { readonly name: string; readonly unit: string },
  signal: AbortSignal,
): AsyncGenerator<Followed> {
  const wanted: readonly SignalMatch[] = [{ ...machineSignals, arg0: name }, unitChanges(unit)];
  return followSignals({ bus, wanted, signal, subscribed: () => systemd1.subscribe() });
}

/** Aborts after so many milliseconds; `stop` gives the timer back. */
export function deadline(milliseconds: number): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return {
    signal: controller.signal,
    stop: () => {
      clearTimeout(timer);
      controller.abort();
    },
  };
}
