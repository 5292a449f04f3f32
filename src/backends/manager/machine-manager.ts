/**
 * The seam between the domain (machines/managed/) and a manager of machines that keeps them itself, as systemd-machined does. What exists, what
 * runs and how it is set is the manager's truth and nobody else's: ours and everybody's machines are the same to it, and nothing is written
 * down twice. Every method throws BackendError. These files import types of the seam only.
 */
import type { BackendName, Finding } from '../backend.ts';
import type { ManagedAccess } from './access.ts';
import type { ManagerEvents } from './events.ts';
import type { ManagedImages } from './images.ts';
import type { ManagedLife } from './life.ts';
import type { ManagedSettings } from './settings.ts';
import type { ManagedTrees } from './trees.ts';
import type { ManagedViews } from './views.ts';

export interface Manager {
  readonly name: BackendName;
  /** What there is, and what it is at. */
  readonly views: ManagedViews;
  /** Starting, stopping, freezing, signals. */
  readonly life: ManagedLife;
  /** Files on disk, each under a name. */
  readonly images: ManagedImages;
  /** What is in those files. */
  readonly trees: ManagedTrees;
  /** How machines are set, and their limits. */
  readonly settings: ManagedSettings;
  /** Commands, consoles, files in and out. */
  readonly access: ManagedAccess;
  readonly events: ManagerEvents;
  /** What this host lacks for it, with the fix; also where it cannot be reached at all. Never throws. */
  examineHost(): Promise<readonly Finding[]>;
  /** Gives back the connection, if there is one. */
  close(): void;
}
