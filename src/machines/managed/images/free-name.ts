/** Whether a machine may get a name. Others who know nothing of our locks may take it meanwhile: then the manager refuses it at the end. */
import { BackendError } from '../../../backends/backend-error.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { MachineError } from '../../errors.ts';
import { machineExists } from '../../store/store.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { snapshotsAmong } from './image-names.ts';

/** @throws MachineError 'exists', also for kept states of a machine that is not there: they would become those of the new one */
export async function requireFree({ domain }: ManagedDomain, manager: Manager, name: string): Promise<void> {
  const [names, machine] = await Promise.all([manager.images.names(), manager.views.find(name)]);
  if (machine !== undefined || names.includes(name) || machineExists(domain.paths, name)) throw taken(name);
  const [kept] = snapshotsAmong(name, names);
  if (kept === undefined) return;
  throw new MachineError(
    'exists',
    `there are kept states of a machine "${name}" that is gone, such as ${name}@${kept}`,
    {
      subject: name,
      hint: `choose another name, or remove them: machinectl remove ${name}@${kept}`,
    },
  );
}

/** What somebody else took between the question and the deed is as if it had been there. @throws MachineError 'exists' */
export async function orTaken<T>(
  { images, views }: Manager,
  name: string,
  deed: () => Promise<T>,
): Promise<T> {
  try {
    return await deed();
  } catch (error) {
    const isBusy = error instanceof BackendError && error.code === 'busy';
    if (!isBusy || ((await images.find(name)) ?? (await views.find(name))) === undefined) throw error;
    throw taken(name, error);
  }
}

export function taken(name: string, cause?: unknown): MachineError {
  return new MachineError('exists', `there is a machine "${name}" already`, {
    subject: name,
    hint: 'choose another name, or destroy it first',
    cause,
  });
}
