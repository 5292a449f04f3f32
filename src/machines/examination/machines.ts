/** Machines and snapshots whose files cannot be read, or are not all there. */
import type { Finding } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { snapshots } from '../snapshots/list.ts';
import { missingFiles } from '../snapshots/snapshot-file.ts';
import { loadMachine, readNames } from '../store/store.ts';

export function examineMachines(domain: Domain): readonly Finding[] {
  return readNames(domain.paths).flatMap((name) => {
    try {
      return [...filesOf(domain, name), ...snapshotsOf(domain, name)];
    } catch (error) {
      return damaged(name, toMachineError(error, name).message, `tsmachine config ${name} --edit`);
    }
  });
}

function filesOf({ paths, backend }: Domain, name: string): readonly Finding[] {
  const { handle } = loadMachine(paths, name);
  const { driver, layers, tree } = backend.storage.stateOf(handle);
  const missing = missingFiles({ driver, layers, tree: driver === 'overlay' ? undefined : tree });
  if (missing === undefined) return [];
  return damaged(name, missing, `go back to a whole state (tsmachine snapshots ${name}), or destroy it`);
}

function damaged(name: string, detail: string, fix: string): readonly Finding[] {
  return [{ subject: `machine ${name}`, verdict: 'problem', detail, fix }];
}

function snapshotsOf(domain: Domain, machine: string): readonly Finding[] {
  return snapshots(domain, machine).flatMap(({ name, problem }) =>
    problem === null
      ? []
      : {
          subject: `snapshot ${machine}@${name}`,
          verdict: 'warning',
          detail: `cannot be restored: ${problem}`,
          fix: `tsmachine snapshot-remove ${machine} ${name}`,
        },
  );
}
