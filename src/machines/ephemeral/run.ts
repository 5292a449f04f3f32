/** run: a command in a machine that is made for it, and goes with it. */
import type { ExecResult } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { start } from '../lifecycle/start.ts';
import type { RunRequest } from '../machines.ts';
import { create } from '../making/create.ts';
import { checkMachineName, pickName } from '../names/machine-names.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine, machineExists } from '../store/store.ts';
import { lightInit } from './light-init.ts';
import { removeLocked } from './sweep.ts';

/** Resolves with the command's exit code when nothing of the machine is left. @throws what aborted, before the command began */
export async function run(domain: Domain, request: RunRequest): Promise<ExecResult> {
  const name = request.name ?? pickName((candidate) => machineExists(domain.paths, candidate));
  checkMachineName(name);
  // Before there is anything: should this process die, whatever there is by then goes.
  const called = domain.later.afterThisProcess(['internal', 'sweep', name]);
  try {
    return await runIn(domain, name, request);
  } finally {
    called();
  }
}

async function runIn(domain: Domain, name: string, request: RunRequest): Promise<ExecResult> {
  const settings = { ...lightInit, ...request.settings };
  await create(domain, { ...request, name, settings, ephemeral: 'run' });
  try {
    request.signal.throwIfAborted();
    await start(domain, name, false);
    request.signal.throwIfAborted();
    request.onReady?.();
    return await domain.backend.exec(loadMachine(domain.paths, name).handle, request.command);
  } finally {
    await withMachines(domain, [name], async () => {
      if (machineExists(domain.paths, name)) await removeLocked(domain, name);
    });
  }
}
