import type { StorageWork } from '../backends/storage.ts';

/** Of recovery, and of who does not look on: nobody interrupts it. */
export const quietWork: StorageWork = { progress: () => {}, signal: new AbortController().signal };
