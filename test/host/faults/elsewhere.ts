import type { HostRoot } from '../../setup/with-root.ts';
import { listed } from './store-state.ts';

/** The host with another root folder. */
export function elsewhere(host: HostRoot, root: string): HostRoot {
  const env = { TSMACHINE_ROOT: root };
  return {
    ...host,
    root,
    env: { ...host.env, ...env },
    cli: (args, options = {}) => host.cli(args, { ...options, env: { ...env, ...options.env } }),
    done: (args, options = {}) => host.done(args, { ...options, env: { ...env, ...options.env } }),
  };
}

export const namesIn = async (place: HostRoot) => (await listed(place)).map(({ name }) => name);

/** Until nothing is left: the next command on a name first completes what was begun, and it may have another one then. */
export async function destroyAll(place: HostRoot): Promise<void> {
  for (let left = await namesIn(place); left.length > 0; left = await namesIn(place)) {
    await place.cli(['destroy', ...left, '--force', '--now']);
  }
}
