/** bind: a directory or file of the host in a machine, in its configuration and, if it runs, at once. Loaded lazily. */
import type { BindMount } from '../../backends/backend.ts';
import { type StoredMachine, storedMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import type { BindOutcome, UnbindRequest } from '../file-access.ts';
import { isLive } from '../lifecycle/settle-ending.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine, saveConfig } from '../store/store.ts';
import { findBind, requireFreePath, requireSource, requireUnused } from './bind-rules.ts';

/** Throws `usage` for a source that is not there, `exists` if something else is bound to the path. */
export async function bind(domain: Domain, name: string, wanted: BindMount): Promise<BindOutcome> {
  requireSource(wanted.source);
  return withMachines(domain, [name], async () => {
    const before = loadMachine(domain.paths, name);
    requireFreePath(name, before.config, wanted);
    const next = withBinds(domain, before, [...before.config.binds, wanted]);
    // What its start would refuse is refused now.
    await domain.backend.plan(next.handle);
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
