/** Where in what was unpacked the root file system is. Nothing is guessed: what is no root at a glance must be named. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TemplateError } from '../template-error.ts';
import { looksLikeRoot } from '../trees/looks-like-root.ts';

/** What images of other programs have beside the root file system. */
const FOREIGN: Readonly<Record<string, string>> = {
  'tsmachine.json': 'it is what `tsmachine export` writes: tsmachine import FILE [NAME]',
  'manifest.json': 'it is what `docker save` writes: take what `docker export CONTAINER` writes',
  'oci-layout':
    'it is an OCI image in layers: make a container from it, and take what `docker export` writes',
};

/** '' is the top itself. `wanted` is what the option says. */
export function findRootFolder(unpacked: string, wanted: string): string {
  if (wanted !== '') return requireFolder(unpacked, wanted);
  if (isRoot(unpacked)) return '';
  const names = readdirSync(unpacked).sort();
  const folders = names.filter((name) => isRoot(join(unpacked, name)));
  const [only] = folders;
  if (only !== undefined && folders.length === 1) return only;
  throw new TemplateError(`there is no root file system in it: at its top is ${shown(names)}`, {
    hint:
      names.map((name) => FOREIGN[name]).find((word) => word !== undefined) ??
      'if it lies in a folder of the archive, name that: -- folder=NAME',
  });
}

function requireFolder(unpacked: string, wanted: string): string {
  if (!wanted.split('/').includes('..') && isRoot(unpacked, wanted)) return wanted;
  throw new TemplateError(`folder=${wanted}: no root file system is there`, {
    hint: `at the archive's top is ${shown(readdirSync(unpacked).sort())}`,
  });
}

/** A directory, on no way through a symbolic link. */
function isRoot(top: string, relative = ''): boolean {
  let at = top;
  for (const name of ['', ...relative.split('/')].filter((one, index) => index === 0 || one !== '')) {
    at = join(at, name);
    if (lstatSync(at, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  }
  return looksLikeRoot(at);
}

function shown(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  return `${names.slice(0, 8).join(', ')}${names.length > 8 ? ', ...' : ''}`;
}
