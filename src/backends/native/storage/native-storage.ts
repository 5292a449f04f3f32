/** What lies on disk, of the native backend: each machine's driver does it. */
import { BackendError } from '../../backend.ts';
import type { BackendStorage } from '../../storage.ts';
import { writeIdentity } from './identity.ts';
import { prepareStorage } from './prepare.ts';

export function createNativeStorage(): BackendStorage {
  return {
    stateOf: notYet,
    prepare: prepareStorage,
    writeIdentity,
    renewIdentity: notYet,
    keep: notYet,
    replace: notYet,
    clone: notYet,
    remove: notYet,
    merge: notYet,
    changes: notYet,
    readFile: notYet,
    revert: notYet,
    bytesOf: notYet,
  };
}

function notYet(): never {
  throw new BackendError('unsupported', 'this is not there yet');
}
