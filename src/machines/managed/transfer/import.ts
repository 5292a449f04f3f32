/** import: images out of an archive that anybody may have made, of a native machine or one of a manager. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { UnpackedFiles } from '../../../backends/storage.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { record } from '../../domain.ts';
import { withScratch } from '../../images/scratch.ts';
import type { ImportedMachine, ImportRequest } from '../../machines.ts';
import { checkMachineName } from '../../names/machine-names.ts';
import { closedConfig } from '../../transfer/host-reaching.ts';
import {
  hostReachingOf,
  type IncomingArchive,
  snapshotsOf,
  unpackIncoming,
  withIdentity,
  withIncomingArchive,
} from '../../transfer/incoming-archive.ts';
import type { ManifestState } from '../../transfer/manifest.ts';
import { unitSettingsOf, writeSize, writeUnitSettings } from '../config/unit-settings.ts';
import { orTaken, requireFree } from '../images/free-name.ts';
import { keptStateName } from '../images/image-names.ts';
import { imageDriver } from '../making/image-driver.ts';
import { factsOf, newText } from '../making/settings-text.ts';
import { undoing } from '../making/undoing.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { factsOfRecord } from './kept-records.ts';
import { sayable } from './sayable.ts';

export async function importMachine(
  managed: ManagedDomain,
  request: ImportRequest,
): Promise<ImportedMachine> {
  if (request.name !== undefined) checkMachineName(request.name);
  const manager = await managed.manager();
  if (request.storage !== undefined) await imageDriver(manager, request.storage);
  return await withIncomingArchive(manager.trees, request, async (incoming) => {
    const { manifest } = incoming;
    const name = request.name ?? manifest.name;
    const leftOut = await withManaged(managed, [name], () => importAs(managed, manager, name, incoming));
    return { name, snapshots: snapshotsOf(manifest).map((one) => one.name), leftOut };
  });
}

async function importAs(
  managed: ManagedDomain,
  manager: Manager,
  name: string,
  incoming: IncomingArchive,
): Promise<readonly string[]> {
  const { manifest, request } = incoming;
  await requireFree(managed, manager, name);
  request.signal.throwIfAborted();
  const { config, leftOut } = configFor(manager, incoming);
  await withScratch(managed.domain, async (scratch) => {
    const unpacked = await unpackIncoming(incoming, scratch);
    await orTaken(manager, name, () => makeImages(manager, name, incoming, { config, unpacked, scratch }));
  });
  await undoing(manager, name, request, async () => {
    await writeSize(manager, name, config);
    await writeUnitSettings(manager, name, unitSettingsOf(config));
    for (const { name: snapshot } of snapshotsOf(manifest)) {
      await manager.images.setReadOnly(keptStateName(name, snapshot), true);
    }
  });
  record(managed.domain, name, 'imported', { from: manifest.name });
  return leftOut;
}

/** What is of the other host, and what nobody here could hold to, stays there. */
function configFor(
  { name, settings }: Manager,
  incoming: IncomingArchive,
): { readonly config: MachineConfig; readonly leftOut: readonly string[] } {
  const { manifest, request } = incoming;
  const { ephemeral: _, ...given } = manifest.config;
  const own = withIdentity({ ...given, backend: name }, incoming);
  const { config, leftOut } = sayable(request.trust ? own : closedConfig(own));
  newText(settings, config, {});
  const closed = request.trust ? [] : hostReachingOf(manifest);
  return { config, leftOut: [...new Set([...closed, ...leftOut])] };
}

interface Unpacked {
  readonly config: MachineConfig;
  readonly unpacked: readonly UnpackedFiles[];
  readonly scratch: string;
}

/**
 * All are made before any has its name; then the machine gets it first. A death in between leaves the machine with fewer kept states, and what is
 * left hidden goes with the next command.
 */
async function makeImages(
  manager: Manager,
  name: string,
  { manifest, request }: IncomingArchive,
  { config, unpacked, scratch }: Unpacked,
): Promise<void> {
  const { images, trees, settings } = manager;
  const make = async (number: number): Promise<void> => {
    const state = manifest.states[number];
    if (state === undefined) return;
    const { snapshot } = state;
    const image = snapshot === null ? name : keptStateName(name, snapshot.name);
    await images.make(
      image,
      async (staged) => {
        await trees.assemble(unpacked.slice(0, number + 1), staged.path, scratch, request);
        if (snapshot === null && !request.keepIdentity) {
          await trees.renewIdentity(staged.path, { machineId: config.machineId, hostname: name });
        }
        await settings.write(staged.name, textOf(manager, config, snapshot));
        await make(number + 1);
      },
      request,
    );
  };
  await make(0);
}

/** A kept state has the machine's settings of now: those that it had are not to be trusted more. */
function textOf({ settings }: Manager, config: MachineConfig, snapshot: ManifestState['snapshot']): string {
  if (snapshot === null) return newText(settings, config, factsOf(config));
  const { goesOnFrom: _, ...own } = factsOf(config);
  return newText(settings, config, { ...own, ...factsOfRecord(snapshot) });
}
