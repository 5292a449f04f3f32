/** The domain as the program opens it (src/cli.ts), in the test's own process. */
import { homedir } from 'node:os';
import { createLater } from '../../../src/backends/native/launching/later.ts';
import { createLocker } from '../../../src/backends/native/launching/locker.ts';
import { createNativeBackend } from '../../../src/backends/native/native-backend.ts';
import { createNspawnManager } from '../../../src/backends/nspawn/nspawn-backend.ts';
import { findFolders } from '../../../src/commands/program/folders.ts';
import type { Machines } from '../../../src/machines/machines.ts';
import { openManaged } from '../../../src/machines/managed/open-managed.ts';
import { type MachinesOptions, makeDomain, openMachines } from '../../../src/machines/open-machines.ts';
import { templates } from '../../../src/templates/registry.ts';
import { builtCli } from '../../setup/run-cli.ts';
import type { HostRoot } from '../../setup/with-root.ts';

export function nativeMachines(host: HostRoot): Machines {
  return openMachines(optionsOf(host).options);
}

/** The caller closes it. */
export function nspawnMachines(host: HostRoot): Machines & { readonly close: () => void } {
  const { options, helperPath } = optionsOf(host);
  const manager = createNspawnManager({ helperPath, environment: process.env });
  const domain = makeDomain(options);
  return { ...openManaged({ manager: async () => manager, domain }), close: manager.close };
}

function optionsOf({ env }: HostRoot): { readonly options: MachinesOptions; readonly helperPath: string } {
  const environment = { ...process.env, ...env };
  const place = { rootOption: undefined, uid: 0, home: homedir, program: builtCli, node: process.execPath };
  const folders = findFolders({ ...place, environment });
  const { root, runRoot, helperPath } = folders;
  return {
    helperPath,
    options: {
      ...{ root, runRoot, templates },
      backend: createNativeBackend(folders),
      lock: createLocker(helperPath),
      later: createLater(folders.selfArgv),
    },
  };
}
