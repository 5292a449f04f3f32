/** Running a command in a machine of ours. */
import { BackendError, type ExecRequest, type ExecResult, type MachineHandle } from '../backend.ts';
import { encodePlan } from './encode.ts';
import { enter } from './execution/enter.ts';
import { groupsToJoin, keptPlan, surroundingsOf } from './execution/surroundings.ts';
import { refuseFrozen, requireInit } from './life/preconditions.ts';
import { readStateFile } from './life/state-file.ts';
import { type HostView, readStatus } from './life/status.ts';
import type { LaunchPlan } from './operations.ts';
import { decodeRecords } from './records.ts';

export interface ExecSetting {
  readonly host: HostView;
  readonly helperPath: string;
  /** The machine's plan as it would be now: needed if the one it was started with is gone. */
  readonly plan: () => Promise<LaunchPlan>;
}

/**
 * Runs a command in a running machine.
 * @throws BackendError 'not-running', 'frozen' (a command would hang until the thaw), and what `enter` throws
 */
export async function execute(
  machine: MachineHandle,
  request: ExecRequest,
  { host, helperPath, plan }: ExecSetting,
): Promise<ExecResult> {
  const { name } = machine.spec;
  const { state, pid } = requireInit(machine, readStatus(machine, host));
  refuseFrozen(name, state);
  const init = readStateFile(machine.runDirectory)?.init;
  if (init?.pid !== pid) throw new BackendError('not-running', `${name} ended meanwhile`);
  const context = {
    init,
    cgroups: groupsToJoin(machine, pid, host),
    ...surroundingsOf(keptPlan(machine) ?? decodeRecords(encodePlan(await plan()))),
  };
  return enter(name, request, context, helperPath);
}
