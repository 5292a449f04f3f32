/** Paths in their canonical form: what is compared with a path that must not be mounted on has only one spelling. */
import { normalize } from 'node:path';

const plain = /^(\/|(\/(?!\.{1,2}(\/|$))[^/\0]+)+)$/;

/** Absolute, without `.`, `..`, doubled or trailing slashes. */
export function isPlainPath(path: string): boolean {
  return plain.test(path);
}

/** The canonical form of what a person wrote; undefined for a relative path and one with `..`. */
export function toPlainPath(path: string | undefined): string | undefined {
  if (path?.startsWith('/') !== true || path.split('/').includes('..')) return undefined;
  const normal = normalize(path).replace(/(?!^)\/$/, '');
  return isPlainPath(normal) ? normal : undefined;
}
