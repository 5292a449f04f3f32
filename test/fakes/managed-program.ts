/** A program on the fake manager, to be killed: `VERB ROOT ARGUMENT...`. */
import { snapshotRequest, work } from './machine-files.ts';
import { makeManagedIn } from './managed-in.ts';

const [, , verb = '', root = '', name = '', other = ''] = process.argv;
const { machines, manager } = makeManagedIn(root);

const verbs: Readonly<Record<string, () => Promise<unknown>>> = {
  'snapshot:live': () => {
    manager.put(name, { state: 'running', pid: 1, monitorPid: 1, startedAt: 0 });
    return machines.snapshot(name, snapshotRequest());
  },
  snapshot: () => machines.snapshot(name, snapshotRequest()),
  restore: () => machines.restore(name, other, work),
};

const run = verbs[verb];
if (run === undefined) throw new Error(`no such verb: ${verb}`);
await run();
