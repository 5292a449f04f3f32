/** What comes out of an archive that anybody may have made, whoever is to keep the machine. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveInput, OpenArchive, TreeStorage, UnpackedFiles } from '../../backends/storage.ts';
import { makeDirectory } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import type { ImportRequest } from '../machines.ts';
import { newMachineId } from '../names/identity.ts';
import type { SnapshotRecord } from '../snapshots/snapshot-file.ts';
import { readArchive } from './archive-file.ts';
import { hostReaching } from './host-reaching.ts';
import { type Manifest, parseManifest } from './manifest.ts';

export interface IncomingArchive {
  readonly archive: OpenArchive;
  readonly manifest: Manifest;
  readonly request: ImportRequest;
}

/** Opens the archive that is asked for; no more of it is read yet than its manifest. */
export function withIncomingArchive<T>(
  storage: Pick<TreeStorage, 'openArchive'>,
  request: ImportRequest,
  use: (incoming: IncomingArchive) => Promise<T>,
): Promise<T> {
  const { source } = request;
  const from = async (input: ArchiveInput) => {
    const archive = await storage.openArchive(input, request);
    try {
      return await use({ archive, manifest: parseManifest(archive.manifest), request });
    } finally {
      await archive.close();
    }
  };
  return source === 'stdin' ? from({ descriptor: 0, bytes: undefined }) : readArchive(source.path, from);
}

export function snapshotsOf({ states }: Manifest): readonly SnapshotRecord[] {
  return states.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot]));
}

/** Keys of settings that open the host to the machine, of any of its states. */
export function hostReachingOf(manifest: Manifest): readonly string[] {
  const configs = [manifest.config, ...snapshotsOf(manifest).map(({ config }) => config)];
  return [...new Set(configs.flatMap(hostReaching))];
}

/** Below `directory`, which need not be there yet. */
export async function unpackIncoming(
  { archive, manifest: { states }, request }: IncomingArchive,
  directory: string,
): Promise<readonly UnpackedFiles[]> {
  const unpacked = join(directory, 'unpacked');
  makeDirectory(directory);
  mkdirSync(unpacked, { mode: 0o700 });
  await archive.unpack(unpacked, states.length, request.maxBytes);
  request.signal.throwIfAborted();
  return states.map(({ base, removed }, number) => ({
    directory: join(unpacked, 'states', String(number)),
    base: base ?? undefined,
    removed: removed.map((path) => Buffer.from(path, 'base64')),
  }));
}

/** Who it is here: as it was there if that was asked for, else somebody new, named as the machine is. */
export function withIdentity(config: MachineConfig, { manifest, request }: IncomingArchive): MachineConfig {
  const { hostname: _, ...own } = config;
  return request.keepIdentity
    ? { ...own, hostname: manifest.hostname }
    : { ...own, machineId: newMachineId(), createdAt: new Date().toISOString() };
}
