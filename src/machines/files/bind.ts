/** bind: a directory or file of the host in a machine, in its configuration and, if it runs, at once. Loaded lazily. */
import { statSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { BindMount } from '../../backends/backend.ts';
import type { MountUser } from '../../backends/files.ts';
import type { MachineConfig } from '../config-schema.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import type { BindOutcome, UnbindRequest } from '../file-access.ts';
import { isLive } from '../lifecycle/settle-ending.ts';
import { withMachines } from '../lifecycle/with-machines.ts';
import { type StoredMachine, storedMachine } from '../spec.ts';
import { loadMachine, saveConfig } from '../store/store.ts';

/** Throws `usage` for a source that is not there, `exists` if something else is bound to the path. */
export async function bind(domain: Domain, name: string, wanted: BindMount): Promise<BindOutcome> {
  requireSource(wanted.source);
  return withMachines(domain, [name], async () => {
    const before = loadMachine(domain.paths, name);
    requireFreePath(name, before.config, wanted);
    const next = withBinds(domain, before, [...before.config.binds, wanted]);
    // What its start would refuse is refused now.
    domain.backend.plan(next.handle);
    const live = await isLive(domain, before);
    if (live) await domain.backend.files.bind(next.handle, wanted);
    try {
      saveConfig(next.handle.directory, next.config);
    } catch (error) {
      if (live) await domain.backend.files.unbind(before.handle, wanted.path);
      throw error;
    }
    record(domain, name, 'config-changed', { keys: 'bind' });
    return { bind: wanted, live };
  });
}

/** Throws `usage` if there is no such bind, or more than one; `busy` if processes of the machine use it. */
export async function unbind(domain: Domain, name: string, request: UnbindRequest): Promise<BindOutcome> {
  return withMachines(domain, [name], async () => {
    const before = loadMachine(domain.paths, name);
    const found = findBind(name, before.config.binds, request);
    const live = await isLive(domain, before);
    if (live && !request.force) {
      requireUnused(name, found, await domain.backend.files.usersOf(before.handle, found.path));
    }
    const next = withBinds(
      domain,
      before,
      before.config.binds.filter((one) => one !== found),
    );
    // First what lasts: one that is only gone from the machine would come again with its next start.
    saveConfig(next.handle.directory, next.config);
    let gone = false;
    try {
      gone = live && (await domain.backend.files.unbind(before.handle, found.path));
    } catch (error) {
      saveConfig(before.handle.directory, before.config);
      throw error;
    }
    record(domain, name, 'config-changed', { keys: 'bind' });
    return { bind: found, live: gone };
  });
}

function withBinds(
  domain: Domain,
  { name, config }: StoredMachine,
  binds: readonly BindMount[],
): StoredMachine {
  return storedMachine(name, { ...config, binds: [...binds] }, domain.paths);
}

function requireSource(source: string): void {
  if (statSync(source, { throwIfNoEntry: false }) !== undefined) return;
  throw new MachineError('usage', `there is no ${source} on this host`, {
    subject: source,
    hint: 'make it first, or look at how it is spelt',
  });
}

function requireFreePath(name: string, { binds, tmpfs }: MachineConfig, wanted: BindMount): void {
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

function findBind(name: string, binds: readonly BindMount[], { source, path }: UnbindRequest): BindMount {
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

function requireUnused(name: string, { path }: BindMount, users: readonly MountUser[]): void {
  if (users.length === 0) return;
  const shown = users.slice(0, SHOWN_USERS).map((user) => `${user.name} (pid ${user.pid})`);
  const more = users.length > SHOWN_USERS ? ` and ${users.length - SHOWN_USERS} more` : '';
  throw new MachineError('busy', `${path} is in use by ${shown.join(', ')}${more}`, {
    subject: name,
    hint: 'end them, or --force: they keep what they have open, and nobody else sees it any more',
  });
}
