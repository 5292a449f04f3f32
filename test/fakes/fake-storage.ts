/** Where a fake machine's files lie: folders with a hostname in them, and nothing that a machine could run on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendStorage } from '../../src/backends/storage.ts';

export function createFakeStorage(call: (verb: string, name: string) => void): BackendStorage {
  const unused = () => {
    throw new Error('the fake storage has no such thing');
  };
  return {
    requireDriver: async () => {},
    stateOf: unused,
    async prepare({ spec, directory }) {
      call('prepareStorage', spec.name);
      mkdirSync(join(directory, 'storage', 'upper'), { recursive: true });
      writeFileSync(join(directory, 'storage', 'hostname'), spec.hostname);
    },
    async writeIdentity({ spec, directory }) {
      call('writeIdentity', spec.name);
      writeFileSync(join(directory, 'storage', 'hostname'), spec.hostname);
    },
    renewIdentity: unused,
    keep: unused,
    replace: unused,
    clone: unused,
    remove: unused,
    merge: unused,
    changes: unused,
    readFile: unused,
    revert: unused,
    bytesOf: unused,
  };
}
