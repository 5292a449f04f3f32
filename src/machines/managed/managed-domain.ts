/** What every verb of managed/ works with. Made once by open-managed.ts. */
import type { Manager } from '../../backends/manager/machine-manager.ts';
import type { Domain } from '../domain.ts';

export interface ManagedDomain {
  /** Who keeps these machines. Loaded, and connected to, at the first call. */
  readonly manager: () => Promise<Manager>;
  /** Whose templates, images, journal and locks are shared. */
  readonly domain: Domain;
  /** Says what a person should know beside the answer. */
  readonly warn?: (text: string) => void;
}
