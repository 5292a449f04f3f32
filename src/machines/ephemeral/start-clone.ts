/** start --ephemeral: a throw-away clone of a machine runs in its place. */
import type { StorageWork } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { clone } from '../lifecycle/clone.ts';
import { start } from '../lifecycle/start.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import { pickNameFrom } from '../names.ts';
import { parseSource } from '../snapshots/snapshot-names.ts';
import { loadMachine, machineExists } from '../store/store.ts';
import { leaveOnItsOwn } from './marks.ts';
import { removeIfEphemeral, removeLocked } from './sweep.ts';

/** Returns the clone's name. `source`: NAME or NAME@SNAPSHOT. What was half done is undone. */
export async function startClone(domain: Domain, source: string, work: StorageWork): Promise<string> {
  const name = await cloneUnderFreeName(domain, source, work);
  try {
    work.signal.throwIfAborted();
    await start(domain, name, false);
  } catch (error) {
    await withMachines(domain, [name], () => removeLocked(domain, name));
    throw error;
  }
  await withMachines(domain, [name], async () => {
    leaveOnItsOwn(domain, name);
    // It may have ended already, and been left alone for our sake.
    await removeIfEphemeral(domain, loadMachine(domain.paths, name));
  });
  return name;
}

async function cloneUnderFreeName(domain: Domain, source: string, work: StorageWork): Promise<string> {
  const { machine } = parseSource(source);
  for (let attempt = 1; ; attempt += 1) {
    const name = pickNameFrom(machine, (candidate) => machineExists(domain.paths, candidate));
    try {
      await clone(domain, source, name, { keepIdentity: false, ephemeral: 'start', ...work });
      return name;
    } catch (error) {
      const taken = error instanceof MachineError && error.code === 'exists';
      if (!taken || attempt === 5) throw error;
    }
  }
}
