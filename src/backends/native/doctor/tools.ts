/** Programs of the host that templates and transfers use. Machines run without any of them. */

import type { Finding } from '../../backend.ts';
import { findExecutable } from '../executable.ts';
import type { Examination } from './context.ts';

const PACKAGE_FETCHERS = ['apt-get', 'dnf', 'apk', 'pacman', 'zypper'];

export function examineTools({ commandPath, hostRoot }: Examination): readonly Finding[] {
  const find = (...names: readonly string[]) => findCommand(names, commandPath, hostRoot);
  return [
    describe(
      'busybox',
      find('busybox') ?? prefixed('fetched at its first use by ', find(...PACKAGE_FETCHERS)),
      {
        detail:
          'no busybox, and no package manager that could fetch one: the busybox template cannot be used',
        fix: 'Install the package busybox-static (Debian, Ubuntu) or busybox.',
      },
    ),
    describe('mmdebstrap', find('mmdebstrap'), {
      detail: 'missing: the debian template cannot be used',
      fix: 'Install the package mmdebstrap.',
    }),
    describe('tar', find('tar'), {
      detail: 'missing: images cannot be unpacked',
      fix: 'Install the package tar.',
    }),
  ];
}

function describe(
  subject: string,
  path: string | undefined,
  missing: { readonly detail: string; readonly fix: string },
): Finding {
  return path === undefined
    ? { subject, verdict: 'warning', ...missing }
    : { subject, verdict: 'ok', detail: path };
}

function prefixed(prefix: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : `${prefix}${path}`;
}

function findCommand(names: readonly string[], commandPath: string, hostRoot: string): string | undefined {
  const folders = commandPath.split(':').map((folder) => hostRoot + folder);
  for (const name of names) {
    const found = findExecutable(name, folders);
    if (found !== undefined) return found;
  }
  return undefined;
}
