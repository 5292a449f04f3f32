/** What goes in and out of a machine: commands, its console. */
import type { Domain } from '../domain.ts';
import { guard, guardEach } from '../guards.ts';
import { loadMachine } from '../store/store.ts';
import type { Part } from './part.ts';

export function accessVerbs(
  domain: Domain,
): Part<'exec' | 'attachConsole' | 'readConsoleLog' | 'followConsoleLog'> {
  const { backend } = domain;
  const handle = (name: string) => loadMachine(domain.paths, name).handle;
  return {
    exec: (name, request) => guard(name, () => backend.exec(handle(name), request)),
    attachConsole: (name, options) => guard(name, () => backend.attachConsole(handle(name), options)),
    readConsoleLog: (name) => guard(name, () => backend.readConsoleLog(handle(name))),
    followConsoleLog: (name, signal) => guardEach(name, () => backend.followConsoleLog(handle(name), signal)),
  };
}
