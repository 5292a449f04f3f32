/** Kept states of a machine that go by themselves (snapshots/surplus-rule.ts). */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import { type SurplusRule, surplusOf } from '../../snapshots/surplus-rule.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { judged, keptStates } from './kept-states.ts';
import { discardForGood } from './remove.ts';

/** For good: who lets them go by a rule wants the space back. Returns their names. The caller holds the machine's lock. */
export async function removeSurplus(
  managed: ManagedDomain,
  manager: Manager,
  machine: string,
  rule: SurplusRule,
  work: StorageWork,
): Promise<readonly string[]> {
  const states = await keptStates(manager, machine);
  const names = surplusOf(states.map(judged), rule, Date.now());
  const surplus = states.filter(({ name }) => names.includes(name));
  for (const state of surplus) await discardForGood(managed, manager, machine, state, 'by-rule', work);
  return names;
}
