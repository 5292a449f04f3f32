/** What the parts of the nspawn backend are made of. */
import type { Bus } from './bus/bus.ts';
import type { Machine1 } from './machine1.ts';
import type { Systemd1 } from './systemd1.ts';

export interface NspawnFolders {
  /** Of our C program, which joins machines and copies trees. */
  readonly helperPath: string;
}

export interface NspawnContext {
  /** For signals, and calls that are in neither of the two. */
  readonly bus: Bus;
  readonly machine1: Machine1;
  readonly systemd1: Systemd1;
  readonly folders: NspawnFolders;
}
