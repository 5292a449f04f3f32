import type { Machines } from '../../machines/machines.ts';
import type { Store } from '../store/store.ts';

/** What a line that is typed can do. */
export interface PlainParts {
  readonly machines: Machines;
  readonly store: Store;
  readonly print: (line: string) => void;
  readonly list: () => void;
}
