/** What must hold for a bind to be made or taken away, whoever keeps the machine. */
import { statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { BindMount } from '../../backends/backend.ts';
import type { MountUser } from '../../backends/files.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { MachineError } from '../errors.ts';
import type { UnbindRequest } from '../file-access.ts';

export function requireSource(source: string): void {
  if (statSync(source, { throwIfNoEntry: false }) !== undefined) return;
  throw new MachineError('usage', `there is no ${source} on this host`, {
    subject: source,
    hint: 'make it first, or look at how it is spelt',
  });
}

export function requireFreePath(name: string, { binds, tmpfs }: MachineConfig, wanted: BindMount): void {
  const other = binds.find(({ path }) => path === wanted.path);
  const hint = `take it away first: tsmachine bind ${name} ${wanted.path} --remove`;
  if (other !== undefined) {
    const same = isDeepStrictEqual({ devices: false, ...other }, { devices: false, ...wanted });
    const what = same ? 'it' : other.source;
    throw new MachineError('exists', `${what} is bound to ${wanted.path} already`, {
      subject: wanted.path,
      hint,
    });
  }
  if (tmpfs.some(({ path }) => path === wanted.path)) {
    throw new MachineError('exists', `${wanted.path} is a tmpfs of the machine`, { subject: wanted.path });
  }
}

export function findBind(
  name: string,
  binds: readonly BindMount[],
  { source, path }: UnbindRequest,
): BindMount {
  const bySource = binds.filter((one) => one.source === source && (path === undefined || one.path === path));
  const found =
    bySource.length === 0 && path === undefined ? binds.filter((one) => one.path === source) : bySource;
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  const where = path === undefined ? '' : ` on ${path}`;
  if (one === undefined) {
    throw new MachineError('usage', `${source} is not bound into ${name}${where}`, {
      subject: source,
      hint: `see what is: tsmachine config ${name}`,
    });
  }
  throw new MachineError(
    'usage',
    `${source} is bound more than once: ${found.map((bind) => bind.path).join(', ')}`,
    {
      subject: source,
      hint: 'name the path inside too',
    },
  );
}

const SHOWN_USERS = 5;

export function requireUnused(name: string, { path }: BindMount, users: readonly MountUser[]): void {
  if (users.length === 0) return;
  const shown = users.slice(0, SHOWN_USERS).map((user) => `${user.name} (pid ${user.pid})`);
  const more = users.length > SHOWN_USERS ? ` and ${users.length - SHOWN_USERS} more` : '';
  throw new MachineError('busy', `${path} is in use by ${shown.join(', ')}${more}`, {
    subject: name,
    hint: 'end them, or --force: they keep what they have open, and nobody else sees it any more',
  });
}
