/** push, pull and bind, as they can be typed behind `:`. Pure. */
import { MachineError } from '../../machines/errors.ts';
import { toPlainPath } from '../../machines/values/plain-path.ts';
import type { Deed } from '../deeds/deed.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import { only, type Pressed } from '../state/pressed.ts';
import type { Given, TypedVerb } from './typed-verb.ts';

const MANY = Number.POSITIVE_INFINITY;

const copying = (verb: 'push' | 'pull'): TypedVerb => ({
  usage: `${verb} NAME SRC... DST [-p]`,
  words: [3, MANY],
  options: { parents: { type: 'boolean', short: 'p' } },
  run: (state, { words: [name = '', ...paths], options }) => {
    // The dashboard has the terminal: nothing is left for a stream.
    if (paths.includes('-')) throw new MachineError('usage', 'here is no standard input or output');
    const [sources, target] = [paths.slice(0, -1), paths.at(-1) ?? ''];
    return deed(state, { verb, name, sources, target, parents: options['parents'] === true });
  },
});

export const fileVerbs: Readonly<Record<string, TypedVerb>> = {
  push: copying('push'),
  pull: copying('pull'),
  bind: {
    usage: 'bind NAME HOSTPATH [PATH] [--read-only] | --remove',
    words: [2, 3],
    options: { 'read-only': { type: 'boolean', short: 'r' }, remove: { type: 'boolean' } },
    run: bind,
  },
};

function bind(state: DashboardState, { words: [name = '', from = '', to], options }: Given): Pressed {
  const source = plain(from);
  if (options['remove'] === true) return deed(state, { verb: 'unbind', name, source });
  const path = to === undefined ? source : plain(to);
  return deed(state, { verb: 'bind', name, source, path, readOnly: options['read-only'] === true });
}

function deed(state: DashboardState, one: Deed & { readonly name: string }): Pressed {
  if (state.machines.some(({ name }) => name === one.name))
    return only(state, { type: 'deeds', deeds: [one] });
  throw new MachineError('usage', `there is no machine ${JSON.stringify(one.name)}`);
}

function plain(path: string): string {
  const found = toPlainPath(path);
  if (found !== undefined) return found;
  throw new MachineError('usage', `${JSON.stringify(path)} is no absolute path`);
}
