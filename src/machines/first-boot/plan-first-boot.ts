/** From user data to what a new machine keeps of it. */
import type { UserDataRequest } from '../machines.ts';
import type { FirstBoot } from './first-boot-file.ts';
import { stepsOf } from './steps.ts';
import { readUserData } from './user-data.ts';

export interface PlannedFirstBoot {
  readonly hostname: string | undefined;
  readonly timezone: string | undefined;
  /** Undefined: nothing is to be done at the first start. */
  readonly toDo: FirstBoot | undefined;
}

/** @throws MachineError `usage` */
export function planFirstBoot(request: UserDataRequest): PlannedFirstBoot {
  const given = readUserData(request);
  const steps = stepsOf(given).map((step) => ({ ...step, argv: [...step.argv] as [string, ...string[]] }));
  return {
    hostname: given.data.hostname ?? given.data.fqdn,
    timezone: given.data.timezone,
    toDo: steps.length === 0 ? undefined : { version: 1, steps, done: 0, failures: [] },
  };
}
