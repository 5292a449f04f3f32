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
 * | n | snapshot            | restore                    | clone                     | snapshot-remove                |
 * |---|---------------------|----------------------------|---------------------------|--------------------------------|
 * | 1 | record the intent   | record the intent          | record the intent         | record the intent              |
 * | 2 | keep the files      | keep and replace the files | reserve the id range      | hand its children on           |
 * | 3 | write snapshot.json | write snapshot.json        | clone the files, staged   | move it to the trash           |
 * | 4 | write config.json   | write config.json          | config.json of the source | forget the intent              |
 * | 5 | forget the intent   | write the identity         | write config.json, staged | journal                        |
 * | 6 | journal             | forget the intent          | renew identity, staged    | purge, if for good; merge      |
 * | 7 | remove the surplus  | journal                    | move it in place          | done                           |
 * | 8 | done                | remove the surplus         | forget the intent         |                                |
 * | 9 |                     | done                       | journal                   |                                |
 * |10 |                     |                            | done                      |                                |
 *
 * | n | trash-restore       | merge                        | purge                                     | revert               |
 * |---|---------------------|------------------------------|-------------------------------------------|----------------------|
 * | 1 | record the intent   | record the intent            | record the intent                         | record the intent    |
 * | 2 | move it back        | merge the layers             | take the names of entries and free layers | copy them, staged    |
 * | 3 | rename the id range | one layer fewer in snapshots | delete what has no name any more          | move it to the trash |
 * | 4 | write the identity  | one fewer in config.json     | look for free layers, and delete them     | put the paths back   |
 * | 5 | journal             | delete the upper layer       | forget the intent                         | forget the intent    |
 * | 6 | forget the intent   | forget the intent            | done                                      | journal              |
 * | 7 | done                | done                         |                                           | purge the trash      |
 * | 8 |                     |                              |                                           | done                 |
 *
 * | n | export                 | import                     |
 * |---|------------------------|----------------------------|
 * | 1 | record the intent      | record the intent          |
 * | 2 | write FILE.part        | reserve the id range       |
 * | 3 | rename it to FILE      | unpack, staged             |
 * | 4 | forget the intent      | make layers or trees of it |
 * | 5 | journal                | write the configs, staged  |
 * | 6 | done                   | renew identity, staged     |
 * | 7 |                        | move it in place           |
 * | 8 |                        | journal                    |
 * | 9 |                        | done                       |
 *
 * | n | pull                    |
 * |---|-------------------------|
 * | 1 | record the intent       |
 * | 2 | find or build the image |
 * | 3 | delete the staging      |
 * | 4 | forget the intent       |
 * | 5 | done                    |
 *
 * | n | managed-restore              |
 * |---|------------------------------|
 * | 1 | clone the snapshot, hidden   |
 * | 2 | what it was gets NAME@BEFORE |
 * | 3 | write its facts              |
 * | 4 | make it read-only            |
 * | 5 | the hidden image gets NAME   |
 * | 6 | done                         |
 *
 * Entries that `trash empty` purges come one after the other, with 1 to 3 of each before 4; all others at once, which look for free layers
 * in 2 already.
 *
 * What is ephemeral is marked before it is moved in place (create 6, clone 7); a mark without such a machine means nothing, and goes.
 *
 * The next command that takes the machine's lock finds the intent. A create before step 7, a clone before step 8, an
 * import before step 7 and an export before step 4 are undone, a rename, destroy, snapshot-remove, trash-restore, merge
 * and purge are completed. A revert is completed from step 4 on, else undone. A snapshot and a restore are completed if files were moved already, else undone. start and stop need
 * no recovery: the kernel knows whether the machine runs. What a command on a manager's machine left is told by names of images
 * (managed/recovery/settle-leavings.ts): a restore is completed from step 3 on, else undone.
 */
export const crashPoints = {
  create: 9,
  start: 3,
  stop: 6,
  rename: 7,
  destroy: 7,
  snapshot: 8,
  restore: 9,
  clone: 10,
  'snapshot-remove': 7,
  'trash-restore': 7,
  export: 6,
  import: 9,
  merge: 7,
  purge: 6,
  pull: 5,
  revert: 8,
  'managed-restore': 6,
} as const;

export type SteppedCommand = keyof typeof crashPoints;

export function step(command: SteppedCommand, number: number): void {
  if (process.env['TSMACHINE_CRASH_AT'] === `${command}:${number}`) {
    process.kill(process.pid, 'SIGKILL');
  }
}
