/** What of a first boot a start will carry out, as steps of a plan. Names alone: what they write may be secret. Pure. */
import type { PlanStep } from '../../backends/backend.ts';
import type { FirstBoot } from './first-boot-file.ts';

type Phase = FirstBoot['steps'][number]['phase'];

/** @param explanation how whoever keeps the machine carries this phase out */
export function firstBootSteps(
  pending: FirstBoot | undefined,
  phase: Phase,
  explanation: string,
): readonly Pick<PlanStep, 'operation' | 'arguments' | 'explanation'>[] {
  if (pending === undefined) return [];
  const left = pending.steps.slice(pending.done).filter((step) => step.phase === phase);
  // A large file is written by several steps of one name.
  const names = left.map(({ name }) => name).filter((name, index, all) => name !== all[index - 1]);
  return names.map((name) => ({ operation: 'first-boot', arguments: [phase, name], explanation }));
}

export const AFTER_BOOT_WORDS =
  'of its first boot: a command in the machine, as root, when it has booted; the start waits for it';
