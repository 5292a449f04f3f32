/**
 * The numbered steps of the multi-step commands. TSMACHINE_CRASH_AT=create:3 makes the process die by SIGKILL when it
 * reaches step 3 of create; test/host kills at every step and looks what the next command finds. A point lies *before*
 * what its row says; the last one, "done", lies after everything.
 *
 * | n | create                     | start       | stop              | rename                | destroy              |
 * |---|----------------------------|-------------|-------------------|-----------------------|----------------------|
 * | 1 | record the intent          | start it    | mark: stays down  | record the intent     | record the intent    |
 * | 2 | find or build the image    | journal     | thaw              | move the directory    | move it to the trash |
 * | 3 | reserve the id range       | done        | send halt         | rename the id range   | rename the id range  |
 * | 4 | write config.json, staged  |             | wait, then kill   | write the identity    | forget the intent    |
 * | 5 | prepare storage, staged    |             | forget the mark   | forget the intent     | journal              |
 * | 6 | move it in place           |             | done              | journal               | purge the trash      |
 * | 7 | forget the intent          |             |                   | done                  | done                 |
 * | 8 | journal                    |             |                   |                       |                      |
 * | 9 | done                       |             |                   |                       |                      |
 *
 * The next command that takes the machine's lock finds the intent: a create before step 7 is undone, a rename and a
 * destroy are completed. start and stop need no recovery: the kernel knows whether the machine runs.
 */
export const crashPoints = { create: 9, start: 3, stop: 6, rename: 7, destroy: 7 } as const;

export type SteppedCommand = keyof typeof crashPoints;

export function step(command: SteppedCommand, number: number): void {
  if (process.env['TSMACHINE_CRASH_AT'] === `${command}:${number}`) {
    process.kill(process.pid, 'SIGKILL');
  }
}
