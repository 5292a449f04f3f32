/**
 * Machines that are gone when they end: `ephemeral` in their config says so; ephemeral/NAME is only where they are found without
 * reading every config, and who looks after them.
 */
import { readFileSync } from 'node:fs';
import { makeDirectory, writeAtomically } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import type { Domain } from '../domain.ts';
import { isMachineName } from '../names/machine-names.ts';
import { readFolder } from '../store/store.ts';
import type { Waiter } from '../work/later.ts';

/** `run`: it lives no longer than the command that made it. `start`: it is being started, and then on its own. */
export type EphemeralKind = 'run' | 'start';

interface Mark {
  readonly kind: EphemeralKind;
  /** The command that made it. */
  readonly owner: Waiter;
}

export function markEphemeral({ paths, later }: Domain, name: string, kind: EphemeralKind): void {
  makeDirectory(paths.ephemeral);
  const mark: Mark = { kind, owner: later.self() };
  writeAtomically(`${paths.ephemeral}/${name}`, JSON.stringify(mark));
}

/** From now on its end alone decides. */
export function leaveOnItsOwn({ paths }: Domain, name: string): void {
  writeAtomically(`${paths.ephemeral}/${name}`, '{}');
}

export function unmark({ paths }: Domain, name: string): void {
  removeFile(`${paths.ephemeral}/${name}`);
}

export function markedNames({ paths }: Domain): readonly string[] {
  return readFolder(paths.ephemeral).filter(isMachineName);
}

/** Undefined: nobody does any more. */
export function whoLooksAfter({ paths, later }: Domain, name: string): EphemeralKind | undefined {
  const mark = readMark(`${paths.ephemeral}/${name}`);
  return mark?.owner !== undefined && later.isAlive(mark.owner) ? mark.kind : undefined;
}

/** It must not go on without its command. */
export function isBound({ paths }: Domain, name: string): boolean {
  return readMark(`${paths.ephemeral}/${name}`)?.kind === 'run';
}

function readMark(path: string): Partial<Mark> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Mark>;
  } catch {
    return undefined;
  }
}
