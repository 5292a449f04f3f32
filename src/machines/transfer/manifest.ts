/** What an archive begins with, tsmachine.json, version 1: the machine, and what each of the states that follow is. */
import * as v from 'valibot';
import {
  type DeepReadonly,
  hostname,
  type MachineConfig,
  machineConfigSchema,
} from '../config/config-schema.ts';
import { MachineError } from '../errors.ts';
import { isMachineName } from '../names/machine-names.ts';
import { isSnapshotName } from '../names/snapshot-names.ts';
import { isComment } from '../snapshots/comment.ts';
import { type SnapshotRecord, snapshotSchema } from '../snapshots/snapshot-file.ts';
import { parseStored } from '../store/stored-json.ts';

const MANIFEST_VERSION = 1;
/** More snapshots than a stack has layers. */
const MOST_STATES = 1000;

const base64 = v.pipe(v.string(), v.base64());

const manifestSchema = v.strictObject({
  version: v.literal(MANIFEST_VERSION),
  /** The machine's name. */
  name: v.pipe(v.string(), v.check(isMachineName, 'must be the name of a machine')),
  /** As it is written in its files. */
  hostname,
  config: machineConfigSchema,
  /** The present one is the last. */
  states: v.pipe(
    v.array(
      v.strictObject({
        /** Null: what the machine is now. */
        snapshot: v.nullable(snapshotSchema),
        /** The number of an earlier state; null: the first one, of which all files follow. */
        base: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
        /** Paths that its base has and it has not, as bytes. */
        removed: v.array(base64),
      }),
    ),
    v.minLength(1),
    v.maxLength(MOST_STATES),
  ),
});

export type Manifest = DeepReadonly<v.InferOutput<typeof manifestSchema>>;
export type ManifestState = Manifest['states'][number];

/** A config as it goes on a journey: what is of this host alone stays here. */
export function portableConfig(config: MachineConfig): MachineConfig {
  const storage = { ...config.storage, layers: [] };
  return { ...config, storage, idRange: { base: 0, count: config.idRange.count } };
}

export function portableSnapshot(record: SnapshotRecord): SnapshotRecord {
  return { ...record, config: portableConfig(record.config) };
}

export function formatManifest(manifest: Omit<Manifest, 'version'>): Buffer {
  return Buffer.from(`${JSON.stringify({ version: MANIFEST_VERSION, ...manifest }, null, 2)}\n`);
}

/** Throws MachineError `failed` for what does not fit together. */
export function parseManifest(text: Buffer): Manifest {
  const stored = parseStored(text.toString('utf8'), manifestSchema, MANIFEST_VERSION);
  if (stored.fault !== undefined) {
    throw stored.newerVersion === undefined
      ? refused(stored.fault)
      : new MachineError('unsupported', `the archive has ${stored.fault}`, {
          hint: 'it was written by a newer tsmachine: use that one',
        });
  }
  const fault = faultOf(stored.value);
  if (fault !== undefined) throw refused(fault);
  return stored.value;
}

function faultOf({ states, config }: Manifest): string | undefined {
  const names = states.flatMap(({ snapshot }) => (snapshot === null ? [] : [snapshot.name]));
  if (names.length !== states.length - 1 || states.at(-1)?.snapshot !== null) {
    return 'the last state, and no other, is the present one';
  }
  if (new Set(names).size !== names.length) return 'two snapshots have one name';
  if (names.some((name) => !isSnapshotName(name))) return 'a snapshot has a wrong name';
  const goesOnFrom = config.storage.snapshot;
  if (goesOnFrom !== undefined && !names.includes(goesOnFrom)) return `there is no snapshot ${goesOnFrom}`;
  for (const [number, state] of states.entries()) {
    const fault = stateFault(state, number) ?? parentFault(state.snapshot, states);
    if (fault !== undefined) return `state ${number}: ${fault}`;
  }
  return undefined;
}

function stateFault({ snapshot, base, removed }: ManifestState, number: number): string | undefined {
  if (number === 0 ? base !== null || removed.length > 0 : base === null || base >= number) {
    return 'it goes on from none that comes before it';
  }
  if (snapshot !== null && !isMachineName(snapshot.machine)) return 'its machine has a wrong name';
  if (snapshot?.comment !== undefined && !isComment(snapshot.comment)) {
    return 'its comment is too long, or has control characters';
  }
  const wrong = removed.some((path) => !isPlainRelative(Buffer.from(path, 'base64').toString('latin1')));
  return wrong ? 'a removed path leads elsewhere' : undefined;
}

/** A parent may be gone; but nobody is an ancestor of himself. */
function parentFault(
  snapshot: ManifestState['snapshot'],
  states: readonly ManifestState[],
): string | undefined {
  const seen = new Set<string>();
  for (let at = snapshot; at !== null && at !== undefined; ) {
    const { parent, name } = at;
    if (seen.has(name)) return `snapshot ${name} is its own ancestor`;
    seen.add(name);
    if (parent !== null && !isSnapshotName(parent)) return 'its parent has a wrong name';
    at = states.find((state) => state.snapshot?.name === parent)?.snapshot ?? null;
  }
  return undefined;
}

function isPlainRelative(path: string): boolean {
  return (
    !path.includes('\0') && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..')
  );
}

function refused(why: string): MachineError {
  return new MachineError('failed', `the archive is refused: tsmachine.json: ${why}`, {
    hint: 'only archives made by `tsmachine export` can be imported, whole and unchanged',
  });
}
