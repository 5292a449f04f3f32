/** The life cycle. Each verb is loaded when it is called: a command has a few milliseconds for everything. */
import type { Domain } from '../domain.ts';
import { guard, guardWork } from '../guards.ts';
import { quietWork } from '../work/quiet-work.ts';
import type { Part } from './part.ts';

type Life =
  | 'create'
  | 'start'
  | 'stop'
  | 'restart'
  | 'kill'
  | 'freeze'
  | 'unfreeze'
  | 'changeSettings'
  | 'replaceConfig'
  | 'rename'
  | 'destroy'
  | 'waitForState'
  | 'waitUntilReady'
  | 'handleExit'
  | 'handleEvent'
  | 'terminate'
  | 'restartDue'
  | 'run'
  | 'startEphemeral'
  | 'sweep';

export function lifeVerbs(domain: Domain): Part<Life> {
  return {
    create: (request) =>
      guardWork(request.name, request, async () =>
        (await import('../making/create.ts')).create(domain, request),
      ),
    start: (name, { ifNeeded }) =>
      guard(name, async () => (await import('../lifecycle/start.ts')).start(domain, name, ifNeeded)),
    stop: (name, options) =>
      guard(name, async () => (await import('../lifecycle/stop.ts')).stop(domain, name, options)),
    restart: (name, options) =>
      guard(name, async () => (await import('../lifecycle/restart.ts')).restart(domain, name, options)),
    kill: (name, signal) =>
      guard(name, async () => (await import('../lifecycle/kill.ts')).kill(domain, name, signal)),
    freeze: (name) => guard(name, async () => (await import('../lifecycle/freeze.ts')).freeze(domain, name)),
    unfreeze: (name) =>
      guard(name, async () => (await import('../lifecycle/freeze.ts')).unfreeze(domain, name)),
    changeSettings: (name, settings) =>
      guard(name, async () => (await import('../making/settings.ts')).changeSettings(domain, name, settings)),
    replaceConfig: (name, json) =>
      guard(name, async () => (await import('../making/settings.ts')).replaceConfig(domain, name, json)),
    rename: (name, newName) =>
      guard(name, async () => (await import('../making/rename.ts')).rename(domain, name, newName)),
    destroy: (name, options, work = quietWork) =>
      guard(name, async () => (await import('../making/destroy.ts')).destroy(domain, name, options, work)),
    waitForState: (name, states, timeoutSeconds) =>
      guard(name, async () =>
        (await import('../lifecycle/wait-for-state.ts')).waitForState(domain, name, states, timeoutSeconds),
      ),
    waitUntilReady: (name, timeoutSeconds) =>
      guard(name, async () =>
        (await import('../lifecycle/wait-until-ready.ts')).waitUntilReady(domain, name, timeoutSeconds),
      ),
    handleExit: (name, { final }) =>
      guard(name, async () => (await import('../lifecycle/handle-exit.ts')).handleExit(domain, name, final)),
    handleEvent: (name, signalled) =>
      guard(name, async () =>
        (await import('../limits/handle-event.ts')).handleEvent(domain, name, signalled),
      ),
    run: (request) =>
      guardWork(request.name, request, async () =>
        (await import('../ephemeral/run.ts')).run(domain, request),
      ),
    startEphemeral: (source, request) =>
      guardWork(source, request, async () =>
        (await import('../ephemeral/start-clone.ts')).startClone(domain, source, request),
      ),
    sweep: (name) => guard(name, async () => (await import('../ephemeral/sweep.ts')).sweep(domain, name)),
    restartDue: (name) =>
      guard(name, async () => (await import('../restarting/carry-out.ts')).carryOutRestart(domain, name)),
    terminate: (name) =>
      guard(name, async () => (await import('../lifecycle/terminate.ts')).terminate(domain, name)),
  };
}
