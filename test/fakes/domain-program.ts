/**
 * A program on the fake backend, to be killed: `VERB ROOT ARGUMENT...`; with `VERB:live` the machine runs meanwhile. What it leaves on disk is real; that its machines
 * run is not.
 */
import { cloneRequest, snapshotRequest, work } from './machine-files.ts';
import { makeMachinesIn, pullRequest, request } from './machines-in.ts';

const [, , verb = '', root = '', name = '', other = '', third = ''] = process.argv;
const { machines } = makeMachinesIn(root);

const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
  create: () => machines.create(request(name)),
  pull: () => machines.pullImage(pullRequest()),
  rename: () => machines.rename(name, other),
  destroy: () => machines.destroy(name, { force: false, now: other === 'now', command: third || undefined }),
  snapshot: () => machines.snapshot(name, snapshotRequest(other === 'keep' ? { keep: 1 } : {})),
  restore: () => machines.restore(name, other, work),
  'snapshot-remove': () => machines.removeSnapshots(name, [other], { now: third === 'now' }),
  clone: () => machines.clone(name, other, cloneRequest()),
  'trash-restore': async () =>
    machines.restoreFromTrash((await machines.trash())[0]?.entry ?? '', {
      as: name === '' ? undefined : name,
    }),
  'trash-empty': () => machines.emptyTrash(undefined),
  undo: () => machines.undo(work),
};

const [, deed = '', live] = /^(.*?)(:live)?$/.exec(verb) ?? [];
if (live !== undefined) {
  await machines.start(name, { ifNeeded: false });
}
const run = verbs[deed];
if (run === undefined) {
  throw new Error(`no such verb: ${verb}`);
}
await run();
