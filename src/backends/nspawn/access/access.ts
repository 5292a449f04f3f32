/** What goes in and out of machines that machined keeps. What does it is loaded when it is called. */
import type { ManagedAccess } from '../../manager/access.ts';
import type { ManagedSettings } from '../../manager/settings.ts';
import type { ManagedViews } from '../../manager/views.ts';
import type { NspawnContext } from '../context.ts';
import { prepareEntering } from './entering.ts';
import { openLeader, requireMachine } from './leader.ts';

export function createAccess(
  context: NspawnContext,
  settings: ManagedSettings,
  { find, lastExit }: Pick<ManagedViews, 'find' | 'lastExit'>,
): ManagedAccess {
  const { helperPath } = context.folders;
  const unitOf = async (name: string) => (await requireMachine(find, name)).unit;
  return {
    async exec(name, request) {
      const { enter } = await import('../../native/execution/enter.ts');
      return enter(name, request, await prepareEntering(find, name), helperPath);
    },
    withoutInit: async (name, work) =>
      (await import('../without-init/without-init.ts')).withoutInit(context, settings, name, work),
    async attachConsole(name, options) {
      const { attachConsole } = await import('./console.ts');
      return attachConsole(name, options, { find, lastExit, helperPath });
    },
    async readConsoleLog(name) {
      const { readJournal } = await import('./console-log.ts');
      return readJournal(await unitOf(name));
    },
    async *followConsoleLog(name, signal) {
      const { followJournal } = await import('./console-log.ts');
      yield* followJournal(await unitOf(name), signal);
    },
    push: async (name, request, work) =>
      (await import('./files.ts')).carry(find, helperPath, 'push', name, request, work),
    pull: async (name, request, work) =>
      (await import('./files.ts')).carry(find, helperPath, 'pull', name, request, work),
    bind: async (name, wanted) => (await import('./files.ts')).bind(find, helperPath, name, wanted),
    unbind: async (name, path) => (await import('./files.ts')).unbind(find, helperPath, name, path),
    async usersOf(name, path) {
      const { usersOfMount } = await import('../../native/files/mount-users.ts');
      const { init, files } = openLeader(await requireMachine(find, name));
      files.close();
      return usersOfMount(init.pid, path, '/proc');
    },
  };
}
