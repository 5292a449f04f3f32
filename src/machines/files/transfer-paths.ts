/** What a person writes as the ends of a copy, as the backend takes it: absolute, and with `/.` where all that is in a directory is meant. */
import { resolve } from 'node:path';
import { MachineError } from '../errors.ts';

/** Standard input or output. */
export const STREAM = '-';

/** Of the host, relative to the working directory. */
export function hostSource(text: string): string {
  if (text === STREAM) return text;
  const path = resolve(text);
  return meansContent(text) ? `${path === '/' ? '' : path}/.` : path;
}

/** Of the machine: how it resolves is left to the machine's own root. Throws `usage` for one that is not absolute. */
export function machineSource(text: string): string {
  requireAbsolute(text);
  return text.replace(/\/+$/, '') || '/.';
}

export interface TransferTarget {
  readonly path: string;
  /** It must be a directory. */
  readonly into: boolean;
}

export function hostTarget(text: string): TransferTarget {
  return text === STREAM ? { path: text, into: false } : { path: resolve(text), into: isDirectoryName(text) };
}

/** Throws `usage` for one that is not absolute. */
export function machineTarget(text: string): TransferTarget {
  requireAbsolute(text);
  return { path: text.replace(/(?!^)\/+$/, ''), into: isDirectoryName(text) };
}

/** `.`, `..`, `/` and what ends in one of them has no name of its own. */
function meansContent(text: string): boolean {
  return /(^|\/)\.{1,2}\/*$/.test(text) || /^\/+$/.test(text);
}

function isDirectoryName(text: string): boolean {
  return /(^|\/)(\.{1,2})?$/.test(text);
}

function requireAbsolute(text: string): void {
  if (text.startsWith('/') && !text.includes('\0')) return;
  throw new MachineError('usage', `"${text}" is not a path inside a machine`, {
    subject: text,
    hint: 'it must be absolute, for example /root/notes; files of the host stand on the other side',
  });
}
