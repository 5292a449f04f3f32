/** From user data to what a new machine keeps of it. */
import type { UserDataRequest } from '../machines.ts';
import { saveFirstBoot } from './first-boot-file.ts';
import { stepsOf } from './steps.ts';
import { readUserData } from './user-data.ts';

export interface PlannedFirstBoot {
  readonly hostname: string | undefined;
  /** `directory` is the machine's, staged. */
  readonly save: (directory: string) => void;
}

/** @throws MachineError `usage` */
export function planFirstBoot(request: UserDataRequest): PlannedFirstBoot {
  const given = readUserData(request);
  const steps = stepsOf(given).map((step) => ({ ...step, argv: [...step.argv] as [string, ...string[]] }));
  return {
    hostname: given.data.hostname ?? given.data.fqdn,
    save(directory) {
      if (steps.length > 0) saveFirstBoot(directory, { version: 1, steps, done: 0, failures: [] });
    },
  };
}
