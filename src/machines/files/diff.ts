/** diff: what became of a machine's files. Loaded lazily. */
import type { FileChange } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { isPlainPath } from '../keys/plain-path.ts';
import type { FileDiff } from '../machines.ts';
import { imageOfSource, type NamedState, stateOfSource } from './states.ts';
import { TEXT_LIMIT, textDiff } from './text-diff.ts';

/** Without `to`: from the image to `from`. `below`: an absolute path inside. Throws `usage` for one that is in neither. */
export async function* diff(
  domain: Domain,
  from: string,
  to: string | undefined,
  below: string | undefined,
): AsyncGenerator<FileChange> {
  const pair = statesOf(domain, from, to);
  const path = below === undefined ? '/' : checkPath(below);
  const { storage } = domain.backend;
  let differ = false;
  for await (const change of storage.changes(pair.from.state, pair.to.state, path)) {
    differ = true;
    yield change;
  }
  if (differ || path === '/') return;
  await requirePath(domain, [pair.from, pair.to], path, 'see what differs at all: the same without a path');
}

/** A misspelt path must not look like one where all is well. Throws `usage` for one that is in neither of two states. */
export async function requirePath(
  { backend }: Domain,
  [one, other]: readonly [NamedState, NamedState],
  path: string,
  hint: string,
): Promise<void> {
  const there = await Promise.all([one, other].map(({ state }) => backend.storage.has(state, path)));
  if (there.includes(true)) return;
  throw new MachineError('usage', `no such path in ${one.label} or ${other.label}: ${path}`, {
    subject: path,
    hint,
  });
}

/** Of one file, in words where it is text. */
export async function diffFile(
  domain: Domain,
  from: string,
  to: string | undefined,
  path: string,
): Promise<FileDiff> {
  const pair = statesOf(domain, from, to);
  checkPath(path);
  const [before, after] = await Promise.all([sideOf(domain, pair.from, path), sideOf(domain, pair.to, path)]);
  if (before.content === undefined && after.content === undefined) return { text: null, binary: false };
  const text = textDiff(before, after);
  return text === 'binary' ? { text: null, binary: true } : { text: text ?? '', binary: false };
}

async function sideOf({ backend }: Domain, { label, state }: NamedState, path: string) {
  return { label: `${label}:${path}`, content: await backend.storage.readFile(state, path, TEXT_LIMIT) };
}

function statesOf(domain: Domain, from: string, to: string | undefined) {
  if (to === undefined) return { from: imageOfSource(domain, from), to: stateOfSource(domain, from) };
  return { from: stateOfSource(domain, from), to: stateOfSource(domain, to) };
}

/** Throws `usage`. */
export function checkPath(path: string): string {
  if (isPlainPath(path)) return path;
  throw new MachineError('usage', `"${path}" is not a path inside a machine`, {
    subject: path,
    hint: 'an absolute path without ".", "..", doubled or trailing slashes, for example /etc/hosts',
  });
}
