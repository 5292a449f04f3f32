/** The part of the domain's face that brings files in and out: file-access.ts. What does it is loaded when it is called. */
import type { Domain } from '../domain.ts';
import type { FileAccess } from '../file-access.ts';
import { guard, guardWork } from '../guards.ts';

export function fileVerbs(domain: Domain): FileAccess {
  return {
    push: (name, request) =>
      guardWork(name, request, async () =>
        (await import('../files/transfer.ts')).push(domain, name, request),
      ),
    pull: (name, request) =>
      guardWork(name, request, async () =>
        (await import('../files/transfer.ts')).pull(domain, name, request),
      ),
    bind: (name, bind) =>
      guard(name, async () => (await import('../files/bind.ts')).bind(domain, name, bind)),
    unbind: (name, request) =>
      guard(name, async () => (await import('../files/bind.ts')).unbind(domain, name, request)),
  };
}
