/** Two states of files beside each other, whoever keeps them. */
import type { BackendStorage, FileChange, FileState } from '../../backends/storage.ts';
import { MachineError } from '../errors.ts';
import type { FileDiff } from '../machines.ts';
import { isPlainPath } from '../values/plain-path.ts';
import { TEXT_LIMIT, textDiff } from './text-diff.ts';

export interface NamedState {
  /** NAME, NAME@SNAPSHOT or image. */
  readonly label: string;
  readonly state: FileState;
}

export interface StatePair {
  readonly from: NamedState;
  readonly to: NamedState;
}

export type Comparer = Pick<BackendStorage, 'changes' | 'has' | 'readFile'>;

/** `below`: an absolute path inside. Throws `usage` for one that is in neither. */
export async function* changesOf(
  trees: Comparer,
  { from, to }: StatePair,
  below: string | undefined,
): AsyncGenerator<FileChange> {
  const path = below === undefined ? '/' : checkPath(below);
  let differ = false;
  for await (const change of trees.changes(from.state, to.state, path)) {
    differ = true;
    yield change;
  }
  if (differ || path === '/') return;
  await requirePath(trees, [from, to], path, 'see what differs at all: the same without a path');
}

/** A misspelt path must not look like one where all is well. Throws `usage` for one that is in neither of two states. */
export async function requirePath(
  trees: Comparer,
  [one, other]: readonly [NamedState, NamedState],
  path: string,
  hint: string,
): Promise<void> {
  const there = await Promise.all([one, other].map(({ state }) => trees.has(state, path)));
  if (there.includes(true)) return;
  throw new MachineError('usage', `no such path in ${one.label} or ${other.label}: ${path}`, {
    subject: path,
    hint,
  });
}

/** Of one file, in words where it is text. Throws `usage`. */
export async function fileDiffOf(trees: Comparer, { from, to }: StatePair, path: string): Promise<FileDiff> {
  checkPath(path);
  const [before, after] = await Promise.all([sideOf(trees, from, path), sideOf(trees, to, path)]);
  if (before.content === undefined && after.content === undefined) return { text: null, binary: false };
  const text = textDiff(before, after);
  return text === 'binary' ? { text: null, binary: true } : { text: text ?? '', binary: false };
}

async function sideOf(trees: Comparer, { label, state }: NamedState, path: string) {
  return { label: `${label}:${path}`, content: await trees.readFile(state, path, TEXT_LIMIT) };
}

/** Throws `usage`. */
export function checkPath(path: string): string {
  if (isPlainPath(path)) return path;
  throw new MachineError('usage', `"${path}" is not a path inside a machine`, {
    subject: path,
    hint: 'an absolute path without ".", "..", doubled or trailing slashes, for example /etc/hosts',
  });
}

/** Throws `usage`. */
export function checkRevertible(path: string): void {
  checkPath(path);
  if (path === '/') {
    throw new MachineError('usage', 'a whole machine is not put back path by path', {
      subject: path,
      hint: 'restore a snapshot, or create the machine again',
    });
  }
}

/** What is below another one goes with that. */
export function outermost(paths: readonly string[]): readonly string[] {
  const different = [...new Set(paths)];
  return different.filter((path) => !different.some((other) => path.startsWith(`${other}/`)));
}
