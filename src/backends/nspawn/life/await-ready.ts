/** Waits for a boot to be through: the unit is active from when nspawn was told so (NotifyReady= of systemd.nspawn(5)), or as soon as it runs. */
import type { NspawnContext } from '../context.ts';
import { isUnitDown } from '../systemd1.ts';
import { unitOfMachine } from '../unit-name.ts';
import { changesOfMachine, deadline } from './changes-of-machine.ts';
import { findRunning, unitOf } from './running.ts';

type Readiness = 'ready' | 'ended' | 'coming';

export async function awaitReady(
  context: NspawnContext,
  name: string,
  timeoutMs: number,
): Promise<'ready' | 'ended' | 'timeout'> {
  // Most often there is nothing to wait for: whoever started it waited for the job.
  const now = await readinessOf(context, name, unitOfMachine(name));
  if (now !== 'coming') return now;
  const unit = await unitOf(context, name);
  const { signal, stop } = deadline(timeoutMs);
  try {
    for await (const _ of changesOfMachine(context, { name, unit }, signal)) {
      const readiness = await readinessOf(context, name, unit);
      if (readiness !== 'coming') return readiness;
    }
    return 'timeout';
  } finally {
    stop();
  }
}

/** One look. @param expected the unit that it would run in */
export async function readinessOf(
  context: NspawnContext,
  name: string,
  expected: string,
): Promise<Readiness> {
  const { systemd1 } = context;
  const [running, [ofExpected]] = await Promise.all([
    findRunning(context, name),
    systemd1.listUnitsByNames([expected]),
  ]);
  if (running === undefined) return isUnitDown(ofExpected) ? 'ended' : 'coming';
  // Somebody may have started it by hand since.
  const elsewhere = running.unit !== '' && running.unit !== expected;
  const [unit] = elsewhere ? await systemd1.listUnitsByNames([running.unit]) : [ofExpected];
  return unit?.active === 'active' ? 'ready' : 'coming';
}
