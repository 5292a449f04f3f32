/** What goes in and out of machines, noted down; nothing is copied or mounted. */
import type { BindMount } from '../../src/backends/backend.ts';
import type { BackendFiles, MountUser, TransferRequest, TransferResult } from '../../src/backends/files.ts';

export interface FakeFiles extends BackendFiles {
  /** Of the last push or pull. */
  lastRequest: TransferRequest | undefined;
  /** What the next push or pull answers. */
  result: TransferResult;
  /** By machine and path. */
  readonly mounted: Map<string, BindMount>;
  /** Of every mount. */
  users: readonly MountUser[];
  /** What a push or pull does beside that. */
  meanwhile: () => Promise<void> | void;
}

export function createFakeFiles(call: (verb: string, name: string) => void): FakeFiles {
  const transfer =
    (verb: 'push' | 'pull'): BackendFiles['push'] =>
    async ({ spec }, request, work) => {
      fake.lastRequest = request;
      work.counted?.(fake.result);
      await fake.meanwhile();
      call(verb, spec.name);
      work.signal.throwIfAborted();
      return fake.result;
    };
  const fake: FakeFiles = {
    lastRequest: undefined,
    result: { files: 1, bytes: 10, skipped: [], skippedCount: 0 },
    mounted: new Map(),
    users: [],
    meanwhile: () => {},
    push: transfer('push'),
    pull: transfer('pull'),
    async bind({ spec }, bind) {
      call('bind', `${spec.name} ${bind.path}`);
      fake.mounted.set(`${spec.name}:${bind.path}`, bind);
    },
    async unbind({ spec }, path) {
      call('unbind', `${spec.name} ${path}`);
      return fake.mounted.delete(`${spec.name}:${path}`);
    },
    usersOf: async () => fake.users,
  };
  return fake;
}
