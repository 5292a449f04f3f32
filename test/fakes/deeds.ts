/** What commands are asked for, with nobody who looks on. */
import type { CreateRequest } from '../../src/machines/machines.ts';
import { quietWork } from '../../src/machines/work/quiet-work.ts';

export { quietWork as work };

/** Of a BusyBox machine. */
export function request(name: string | undefined, changes: Partial<CreateRequest> = {}): CreateRequest {
  return {
    name,
    template: 'busybox',
    templateOptions: {},
    storage: undefined,
    settings: {},
    progress: () => {},
    fileProgress: () => {},
    signal: new AbortController().signal,
    ...changes,
  };
}
