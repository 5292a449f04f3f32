/** run: a command in a machine that is made for it, and goes with it; and throw-away clones. Loaded lazily. */
import type { ExecResult } from '../../../backends/backend.ts';
import { lightInit } from '../../ephemeral/light-init.ts';
import type { RunRequest } from '../../machines.ts';
import { underPickedName } from '../../making/under-picked-name.ts';
import { checkMachineName, pickName, pickNameFrom } from '../../names/machine-names.ts';
import type { EphemeralRequest } from '../../time-travel.ts';
import { splitKeptState } from '../images/image-names.ts';
import { finishFirstBoot, startLocked } from '../lifecycle/start.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { clone } from './clone.ts';
import { create } from './create.ts';
import { bindToCommand, removeLocked, sweepAtEnd, sweepWords } from './sweep.ts';

/** Resolves with the command's exit code when nothing of the machine is left. @throws what aborted, before the command began */
export async function run(managed: ManagedDomain, request: RunRequest): Promise<ExecResult> {
  const name = request.name ?? (await freeName(managed, pickName));
  checkMachineName(name);
  // Before there is anything: should this process die, whatever there is by then goes.
  const called = managed.domain.later.afterThisProcess(sweepWords(name));
  try {
    return await runIn(managed, name, request);
  } finally {
    called();
  }
}

async function runIn(managed: ManagedDomain, name: string, request: RunRequest): Promise<ExecResult> {
  await create(managed, {
    ...request,
    name,
    settings: { ...lightInit, ...request.settings },
    ephemeral: 'run',
  });
  try {
    request.signal.throwIfAborted();
    const manager = await managed.manager();
    await withManaged(managed, [name], async () => {
      await bindToCommand(manager, name);
      await startLocked(managed, manager, name, false);
    });
    await finishFirstBoot(managed, name);
    request.signal.throwIfAborted();
    request.onReady?.();
    return await manager.access.exec(name, request.command);
  } finally {
    await removeIfThere(managed, name);
  }
}

/** Returns the clone's name. `source`: NAME or NAME@SNAPSHOT. What was half done is undone. */
export async function startEphemeral(
  managed: ManagedDomain,
  source: string,
  request: EphemeralRequest,
): Promise<string> {
  const name = await cloneUnderFreeName(managed, source, request);
  try {
    request.signal.throwIfAborted();
    await withManaged(managed, [name], async (manager) => {
      await manager.life.start(name);
      await sweepAtEnd(managed, manager, name);
    });
  } catch (error) {
    await removeIfThere(managed, name);
    throw error;
  }
  return name;
}

async function cloneUnderFreeName(
  managed: ManagedDomain,
  source: string,
  { checkName, ...work }: EphemeralRequest,
): Promise<string> {
  const { machine } = splitKeptState(source);
  return await underPickedName(
    () => freeName(managed, (isTaken) => pickNameFrom(machine, isTaken)),
    async (name) => {
      await checkName?.(name);
      await clone(managed, source, name, { keepIdentity: false, ephemeral: 'start', ...work });
    },
    ['exists'],
  );
}

async function freeName(
  managed: ManagedDomain,
  pick: (isTaken: (name: string) => boolean) => string,
): Promise<string> {
  const names = new Set(await (await managed.manager()).views.names());
  return pick((candidate) => names.has(candidate));
}

async function removeIfThere(managed: ManagedDomain, name: string): Promise<void> {
  await withManaged(managed, [name], async (manager) => {
    if ((await manager.images.find(name)) !== undefined) await removeLocked(managed, manager, name);
  });
}
