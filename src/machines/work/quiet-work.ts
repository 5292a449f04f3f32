import type { StorageWork } from '../../backends/storage.ts';

/** Made when somebody asks for it: only then does Node load what makes it. */
let never: AbortSignal | undefined;

/** Of recovery, and of who does not look on: nobody interrupts it. */
export const quietWork: StorageWork = {
  progress: () => {},
  get signal() {
    never ??= new AbortController().signal;
    return never;
  },
};
