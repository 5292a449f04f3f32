/** The domain over a real systemd-machined, with the native backend beside it, as the program has both. */
import { homedir } from 'node:os';
import type { Manager } from '../../../src/backends/manager/machine-manager.ts';
import { createLater } from '../../../src/backends/native/launching/later.ts';
import { createLocker } from '../../../src/backends/native/launching/locker.ts';
import { createNativeBackend } from '../../../src/backends/native/native-backend.ts';
import { createNspawnManager } from '../../../src/backends/nspawn/nspawn-backend.ts';
import { findFolders } from '../../../src/commands/program/folders.ts';
import type { Machines } from '../../../src/machines/machines.ts';
import { openManaged } from '../../../src/machines/managed/open-managed.ts';
import { makeDomain, openDomain } from '../../../src/machines/open-machines.ts';
import { templates } from '../../../src/templates/registry.ts';
import { builtCli } from '../../setup/run-cli.ts';

export interface RealManaged {
  readonly machines: Machines;
  /** Of the native backend, in the same store. */
  readonly native: Machines;
  readonly manager: Manager;
}

/** `wrap`: of a test that looks on, or lets calls fail. */
export function openReal(
  env: Readonly<Record<string, string>>,
  wrap: (manager: Manager, helperPath: string) => Manager = (manager) => manager,
): RealManaged {
  const environment = { ...process.env, ...env };
  const folders = findFolders({
    rootOption: undefined,
    environment,
    uid: 0,
    home: homedir,
    // A program that a test builds lies elsewhere than the project.
    program: process.env['BUILT_CLI'] ?? builtCli,
    node: process.execPath,
  });
  const { root, runRoot, helperPath, selfArgv } = folders;
  const domain = makeDomain({
    backend: createNativeBackend(folders),
    root,
    runRoot,
    templates,
    lock: createLocker(helperPath),
    later: createLater(selfArgv),
  });
  const manager = wrap(createNspawnManager({ environment, helperPath }), helperPath);
  return {
    manager,
    machines: openManaged({ manager: async () => manager, domain }),
    native: openDomain(domain),
  };
}
