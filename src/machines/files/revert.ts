/** revert: single paths of a stopped machine become again what they were. Loaded lazily. */
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { settle, wrongState } from '../lifecycle/settle.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import { loadMachine } from '../store/store.ts';
import { checkPath } from './diff.ts';
import { imageOfSource, stateOfSource } from './states.ts';

/** `from`: NAME or NAME@SNAPSHOT; undefined: the image. */
export async function revert(
  domain: Domain,
  name: string,
  paths: readonly string[],
  from: string | undefined,
): Promise<void> {
  paths.forEach(checkRevertible);
  await withMachines(domain, [name], async () => {
    const machine = loadMachine(domain.paths, name);
    const source = from === undefined ? imageOfSource(domain, name) : stateOfSource(domain, from);
    const { status } = await settle(domain, machine);
    if (status.state !== 'stopped') {
      throw wrongState(
        name,
        status.state,
        `files are put back in a stopped machine; this one is ${status.state}`,
        `stop it first: tsmachine stop ${name}`,
      );
    }
    for (const path of paths) {
      await domain.backend.storage.revert(machine.handle, path, source.state);
      record(domain, name, 'reverted', { path, from: source.label });
    }
  });
}

function checkRevertible(path: string): void {
  checkPath(path);
  if (path === '/') {
    throw new MachineError('usage', 'a whole machine is not put back path by path', {
      subject: path,
      hint: 'restore a snapshot, or create the machine again',
    });
  }
}
