import type { LaunchPlan, Operation } from './operations.ts';
import { encodeRecords, type WireRecord } from './records.ts';

/** Of docs/launch-plan.md; a helper of another version refuses the plan. */
export const PLAN_VERSION = 1;

/**
 * The plan as the helper reads it.
 * @throws BackendError 'failed' for what the encoding cannot hold
 */
export function encodePlan(plan: LaunchPlan): Buffer {
  return encodeRecords([
    { name: 'plan', arguments: [String(PLAN_VERSION), plan.name] },
    ...encodeSection('machine', plan.machine),
    ...encodeSection('outside', plan.outside),
    ...encodeSection('inside', plan.inside),
  ]);
}

function encodeSection(name: string, operations: readonly Operation[]): readonly WireRecord[] {
  return [
    { name: 'section', arguments: [name] },
    ...operations.map((operation) => ({ name: operation.operation, arguments: operation.arguments })),
  ];
}
