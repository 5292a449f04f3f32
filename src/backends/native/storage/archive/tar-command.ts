/** How GNU tar is called (docs/decisions.md, "Who writes archives?"). */
import { BackendError } from '../../../backend.ts';
import { HINTS, shortText } from '../storage-error.ts';
import { finish, type Running } from '../trees/helper-work.ts';
import { STATES } from './tar-format.ts';

/**
 * What a machine's root can set, and nothing that means something to the host: trusted.* could make a directory lead elsewhere.
 * ACLs have an option of their own.
 */
export const KEPT_ATTRIBUTES = ['user.*', 'security.capability'] as const;

const ATTRIBUTES = [
  '--numeric-owner',
  '--acls',
  '--xattrs',
  ...KEPT_ATTRIBUTES.map((pattern) => `--xattrs-include=${pattern}`),
];

/** As much at once as a pipe holds. */
const BLOCKING = '--blocking-factor=128';

/**
 * Packs what is below the working directory as `states/NUMBER`. Without `listed` all of it, else the NUL-ended names on standard
 * input. Version 0.0 of sparse files: later ones put tar's process id into the archive.
 */
export function packCommand(state: number, listed: boolean): readonly string[] {
  return [
    'tar',
    '--create',
    '--file=-',
    '--format=posix',
    '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
    BLOCKING,
    '--sort=name',
    '--sparse',
    '--sparse-version=0.0',
    ...ATTRIBUTES,
    `--transform=flags=rhS;s,^\\.,${STATES}/${state},`,
    ...(listed ? ['--no-recursion', '--null', '--verbatim-files-from', '--files-from=-'] : ['.']),
  ];
}

/** Into the working directory. */
export const UNPACK_COMMAND: readonly string[] = [
  'tar',
  '--extract',
  '--file=-',
  BLOCKING,
  '--same-owner',
  '--same-permissions',
  '--delay-directory-restore',
  ...ATTRIBUTES,
];

/** @throws BackendError with what tar complained of first */
export async function tarEnd(running: Running, action: string, path: string): Promise<void> {
  try {
    await finish(running, action, path);
  } catch (error) {
    if (!(error instanceof BackendError) || error.errno !== undefined) throw error;
    if (running.child.signalCode === 'SIGSEGV') throw tooDeep(action, path, error);
    const [first = ''] = error.message.split('\n');
    const full = error.message.includes('No space left on device');
    throw new BackendError('failed', shortText(first.replace(': tar: ', ': ')), {
      path,
      cause: error,
      ...(full ? { errno: 'ENOSPC', hint: HINTS['ENOSPC'] } : {}),
    });
  }
}

/** Each level takes some of its stack. */
function tooDeep(action: string, path: string, cause: BackendError): BackendError {
  return new BackendError(
    'unsupported',
    `cannot ${action} ${shortText(path)}: tar came to its end, and says nothing`,
    {
      path,
      cause,
      hint: 'It cannot go deeper than some ten thousand directories in one another: remove such ones, or keep a snapshot or a clone.',
    },
  );
}
