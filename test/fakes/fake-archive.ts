/** Archives of fake machines: JSON with what each state shows. FAKE_STORAGE_CRASH_AT works here as in fake-storage.ts. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BackendError, type MachineHandle } from '../../src/backends/backend.ts';
import type {
  ArchiveInput,
  FileState,
  OpenArchive,
  PackRequest,
  StorageWork,
  UnpackedState,
} from '../../src/backends/storage.ts';

interface FakeArchive {
  readonly manifest: string;
  /** Path to text, of each state. */
  readonly states: readonly Readonly<Record<string, string>>[];
}

export function pack({ states, manifest, output }: PackRequest, { signal, progress }: StorageWork): void {
  writeSync(output, 'half');
  progress({ done: 4, total: 8, unit: 'bytes' });
  signal.throwIfAborted();
  const archive: FakeArchive = {
    manifest: String(manifest(states.map(() => []))),
    states: states.map(({ files }) => shown(files)),
  };
  writeSync(output, JSON.stringify(archive));
}

export function openArchive({ descriptor }: ArchiveInput, { signal }: StorageWork): OpenArchive {
  const text = readFileSync(descriptor, 'utf8');
  if (!text.startsWith('half')) throw new BackendError('failed', 'this is no archive of a machine');
  const archive: FakeArchive = JSON.parse(text.slice(4));
  return {
    manifest: Buffer.from(archive.manifest),
    async unpack(directory) {
      for (const [number, files] of archive.states.entries()) {
        mkdirSync(join(directory, 'states', String(number)), { recursive: true });
        for (const [path, content] of Object.entries(files)) {
          const file = join(directory, 'states', String(number), path);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, content);
        }
      }
      signal.throwIfAborted();
    },
    close: async () => {},
  };
}

/** Each state is whole, so that overlay needs no more than its own layer; `base` is kept to show it. */
export function adopt(
  machine: MachineHandle,
  states: readonly UnpackedState[],
  writable: string,
): readonly (readonly string[])[] {
  const { driver } = machine.spec.storage;
  const stacks: (readonly string[])[] = [];
  for (const { directory, base, place } of states) {
    stacks.push(
      driver === 'overlay' ? [place.layer, ...(base === undefined ? [] : (stacks[base] ?? []))] : [],
    );
    if (driver === 'overlay') renameSync(directory, place.layer);
    else cpSync(directory, place.tree ?? writable, { recursive: true });
  }
  mkdirSync(writable, { recursive: true });
  return stacks;
}

function shown({ driver, layers, tree }: FileState): Readonly<Record<string, string>> {
  const stack = driver === 'overlay' ? layers.toReversed() : [];
  const folders = [...stack, ...(tree === undefined ? [] : [tree])];
  return Object.assign({}, ...folders.map((folder) => filesIn(folder, '')));
}

function filesIn(folder: string, prefix: string): Record<string, string> {
  const files: Record<string, string> = {};
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) Object.assign(files, filesIn(path, `${prefix}${entry.name}/`));
    else files[`${prefix}${entry.name}`] = readFileSync(path, 'utf8');
  }
  return files;
}
