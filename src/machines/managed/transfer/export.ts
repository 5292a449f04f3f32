/** export: states of a machine as one archive, in the form that native machines have too. Loaded lazily. */
import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { Compression, PackedState, StorageWork } from '../../../backends/storage.ts';
import { makeDirectory } from '../../../files/atomic-file.ts';
import { record } from '../../domain.ts';
import { MachineError } from '../../errors.ts';
import { withScratch } from '../../images/scratch.ts';
import type { ExportRequest } from '../../machines.ts';
import {
  destinationOf,
  partOf,
  publish,
  refuseExisting,
  refusePart,
  removePart,
  writePart,
} from '../../transfer/archive-file.ts';
import {
  manifestOf,
  type OutgoingArchive,
  outgoingArchive,
  snapshotNames,
} from '../../transfer/outgoing-archive.ts';
import { keptStateName, splitKeptState } from '../images/image-names.ts';
import {
  type ImageMachine,
  isLive,
  requireImageMachine,
  requireKeptState,
  requireTree,
} from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { configOfImage, recordsOf } from './kept-records.ts';

/** `source`: NAME or NAME@SNAPSHOT. Returns the names of the snapshots that went with it. */
export async function exportMachine(
  managed: ManagedDomain,
  source: string,
  request: ExportRequest,
): Promise<readonly string[]> {
  const { machine: name, snapshot } = splitKeptState(source);
  const { path, compression } = destinationOf(request);
  return await withManaged(managed, [name], async (manager) => {
    const outgoing = await collect(manager, await requireImageMachine(manager, name), snapshot, request);
    request.signal.throwIfAborted();
    const pack = (output: number) => packTo(managed, manager, outgoing, compression, output, request);
    if (path === undefined) await pack(1);
    else await packInto(path, request, pack);
    record(managed.domain, name, 'exported', { source, ...(path === undefined ? {} : { path }) });
    return snapshotNames(outgoing);
  });
}

async function packInto(
  path: string,
  { force, progress }: ExportRequest,
  pack: (output: number) => Promise<void>,
): Promise<void> {
  refusePart(path);
  try {
    await writePart(partOf(path), pack, { progress });
    if (!force) refuseExisting(path);
    publish(path);
  } catch (error) {
    removePart(partOf(path));
    throw error;
  }
}

async function collect(
  manager: Manager,
  machine: ImageMachine,
  snapshot: string | undefined,
  { snapshots }: ExportRequest,
): Promise<OutgoingArchive> {
  const { name } = machine;
  const image =
    snapshot === undefined
      ? presentOf(machine)
      : await requireKeptState(manager, keptStateName(name, snapshot));
  const config = await configOfImage(manager, name, image);
  const present = {
    hostname: config.hostname ?? name,
    config,
    files: stateOf(image),
    goesOnFrom: snapshot ?? config.storage.snapshot,
  };
  const kept = snapshots ? await recordsOf(manager, name) : [];
  return outgoingArchive(
    name,
    present,
    kept.map(({ record: one, image: its }) => ({ record: one, files: stateOf(its) })),
  );
}

/** Throws `unsupported` for a disk image, `wrong-state` for a machine that runs: its files would be what no moment had. */
function presentOf(machine: ImageMachine): ManagedImage {
  packable(machine.image);
  if (!isLive(machine)) return machine.image;
  const { name } = machine;
  throw new MachineError('wrong-state', 'the machine runs', {
    subject: name,
    hint: `tsmachine stop ${name}; or export a snapshot of it: tsmachine export ${name}@SNAPSHOT FILE`,
  });
}

function stateOf(image: ManagedImage): PackedState['files'] {
  return {
    driver: image.kind === 'subvolume' ? 'btrfs' : 'dir',
    layers: [],
    tree: packable(image),
  };
}

function packable(image: ManagedImage): string {
  return requireTree(
    image,
    'packed',
    `the image as a whole can be: machinectl export-raw ${image.name} FILE`,
  );
}

async function packTo(
  { domain }: ManagedDomain,
  { trees }: Manager,
  outgoing: OutgoingArchive,
  compression: Compression,
  output: number,
  request: ExportRequest,
): Promise<void> {
  await withScratch(domain, async (scratch) => {
    const workDirectory = `${scratch}/pack`;
    makeDirectory(workDirectory);
    const states: PackedState[] = [];
    for (const [number, { packed }] of outgoing.states.entries()) {
      const files = await unshifted(trees, packed.files, `${scratch}/${number}`, request);
      states.push({ ...packed, files });
    }
    const manifest = manifestOf(outgoing);
    await trees.pack({ states, manifest, compression, workDirectory, output }, request);
  });
}

/** An archive has the owners that the machine sees; where they are others on disk, a copy is packed. */
async function unshifted(
  trees: Manager['trees'],
  files: PackedState['files'],
  copy: string,
  work: StorageWork,
): Promise<PackedState['files']> {
  const { tree } = files;
  const idsFrom = tree === undefined ? 0 : trees.firstId(tree);
  if (tree === undefined || idsFrom === 0) return files;
  makeDirectory(copy);
  await trees.copyTree(tree, copy, { idsFrom, bytes: await trees.bytesOf(tree) }, work);
  return { driver: 'dir', layers: [], tree: copy };
}
