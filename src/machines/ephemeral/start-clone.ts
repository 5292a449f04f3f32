/** start --ephemeral: a throw-away clone of a machine runs in its place. */
import type { Domain } from '../domain.ts';
import { start } from '../lifecycle/start.ts';
import { clone } from '../making/clone.ts';
import { underPickedName } from '../making/under-picked-name.ts';
import { pickNameFrom } from '../names/machine-names.ts';
import { parseSource } from '../names/snapshot-names.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine, machineExists } from '../store/store.ts';
import type { EphemeralRequest } from '../time-travel.ts';
import { leaveOnItsOwn } from './marks.ts';
import { removeIfEphemeral, removeLocked } from './sweep.ts';

/** Returns the clone's name. `source`: NAME or NAME@SNAPSHOT. What was half done is undone. */
export async function startClone(domain: Domain, source: string, request: EphemeralRequest): Promise<string> {
  const name = await cloneUnderFreeName(domain, source, request);
  try {
    request.signal.throwIfAborted();
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

async function cloneUnderFreeName(
  domain: Domain,
  source: string,
  { checkName, ...work }: EphemeralRequest,
): Promise<string> {
  const { machine } = parseSource(source);
  return underPickedName(
    () => pickNameFrom(machine, (candidate) => machineExists(domain.paths, candidate)),
    async (name) => {
      await checkName?.(name);
      await clone(domain, source, name, { keepIdentity: false, ephemeral: 'start', ...work });
    },
    ['exists'],
  );
}
