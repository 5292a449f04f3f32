/** What goes in and out of a manager's machines. */
import { guard, guardEach, guardWork } from '../../guards.ts';
import type { Part } from '../../verbs/part.ts';
import { pendingFirstBoot } from '../first-boot/kept.ts';
import type { ManagedDomain } from '../managed-domain.ts';

type Access =
  | 'exec'
  | 'attachConsole'
  | 'readConsoleLog'
  | 'followConsoleLog'
  | 'push'
  | 'pull'
  | 'bind'
  | 'unbind';

export function managedAccessVerbs(managed: ManagedDomain): Part<Access> {
  const access = async () => (await managed.manager()).access;
  return {
    exec: (name, request) =>
      guard(name, async () => {
        const manager = await managed.manager();
        const pending =
          managed.warn === undefined ? undefined : await pendingFirstBoot(managed, manager, name);
        if (pending !== undefined) managed.warn?.(pendingWords(name));
        return manager.access.exec(name, request);
      }),
    attachConsole: (name, options) => guard(name, async () => (await access()).attachConsole(name, options)),
    readConsoleLog: (name) => guard(name, async () => (await access()).readConsoleLog(name)),
    followConsoleLog: (name, signal) =>
      guardEach(name, async function* () {
        yield* (await access()).followConsoleLog(name, signal);
      }),
    push: (name, request) =>
      guardWork(name, request, async () =>
        (await import('../files/transfer.ts')).push(managed, name, request),
      ),
    pull: (name, request) =>
      guardWork(name, request, async () =>
        (await import('../files/transfer.ts')).pull(managed, name, request),
      ),
    bind: (name, wanted) =>
      guard(name, async () => (await import('../files/bind.ts')).bind(managed, name, wanted)),
    unbind: (name, request) =>
      guard(name, async () => (await import('../files/bind.ts')).unbind(managed, name, request)),
  };
}

/** Somebody else started it, or a start is at it still. */
function pendingWords(name: string): string {
  return `the first boot of ${name} is not done yet: \`tsmachine start ${name}\` does what is left of it`;
}
