/**
 * First boots of a manager's machines. Which one is a machine's is a fact of it, a key that goes wherever its settings go: so renames, the trash and
 * kept states are nothing to think of, also those of the manager's own tools. What is to be done lies in a file of that key in our own folder, and
 * not in the settings, which others copy to where all may read them, and which have a bound.
 */
import { readdirSync, statSync } from 'node:fs';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { makeDirectory } from '../../../files/atomic-file.ts';
import { removeFile } from '../../../files/remove-file.ts';
import {
  type FirstBoot,
  readFirstBoot,
  saveFirstBoot,
  unlessConcluded,
} from '../../first-boot/first-boot-file.ts';
import { newMachineId } from '../../names/identity.ts';
import { readOwnFacts } from '../images/own-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';

export interface KeptFirstBoot {
  readonly path: string;
  readonly firstBoot: FirstBoot;
}

/** Nobody takes so long from the file to the machine. */
const STRAY_MS = 24 * 60 * 60 * 1000;

export function pathOf({ domain }: ManagedDomain, key: string): string {
  return `${domain.paths.firstBoots}/${key}.json`;
}

/** Undefined: it was made without, or elsewhere. @param text of its settings file */
export function keptFirstBoot(
  managed: ManagedDomain,
  { settings }: Pick<Manager, 'settings'>,
  text: string | undefined,
): KeptFirstBoot | undefined {
  const { firstBoot: key } = readOwnFacts(settings, text);
  if (key === undefined) return undefined;
  const path = pathOf(managed, key);
  const firstBoot = readFirstBoot(path);
  return firstBoot === undefined ? undefined : { path, firstBoot };
}

/** What is still to be done; undefined of nearly all machines. */
export async function pendingFirstBoot(
  managed: ManagedDomain,
  manager: Pick<Manager, 'settings'>,
  name: string,
): Promise<KeptFirstBoot | undefined> {
  const kept = keptFirstBoot(managed, manager, await manager.settings.read(name));
  return unlessConcluded(kept?.firstBoot) === undefined ? undefined : kept;
}

/** Of a machine that is to be made. Returns the key. */
export async function keepFirstBoot(
  managed: ManagedDomain,
  manager: Manager,
  toDo: FirstBoot,
): Promise<string> {
  await removeStrays(managed, manager);
  const key = newMachineId();
  makeDirectory(managed.domain.paths.firstBoots);
  saveFirstBoot(pathOf(managed, key), toDo);
  return key;
}

/** Of an image that goes for good, or of none. @param key undefined: it had none */
export function forgetFirstBoot(managed: ManagedDomain, key: string | undefined): void {
  if (key !== undefined) removeFile(pathOf(managed, key));
}

/** What others removed leaves its first boot here. */
async function removeStrays(managed: ManagedDomain, { images, settings }: Manager): Promise<void> {
  const strays = oldKeys(managed);
  if (strays.length === 0) return;
  const texts = await Promise.all((await images.names()).map((name) => settings.read(name)));
  const used = new Set(texts.map((text) => readOwnFacts(settings, text).firstBoot));
  for (const key of strays) {
    if (!used.has(key)) forgetFirstBoot(managed, key);
  }
}

function oldKeys(managed: ManagedDomain): readonly string[] {
  const isOld = (key: string) => {
    const stat = statSync(pathOf(managed, key), { throwIfNoEntry: false });
    return stat !== undefined && Date.now() - stat.mtimeMs > STRAY_MS;
  };
  try {
    return readdirSync(managed.domain.paths.firstBoots)
      .flatMap((file) => /^([0-9a-f]{32})\.json$/.exec(file)?.[1] ?? [])
      .filter(isOld);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}
