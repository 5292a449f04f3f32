/** The life cycle. What start does not need is loaded when it is called: a start has a few milliseconds for everything. */
import type { Domain } from '../domain.ts';
import { guard, guardWork } from '../guards.ts';
import { freeze, unfreeze } from '../lifecycle/freeze.ts';
import { handleExit } from '../lifecycle/handle-exit.ts';
import { kill } from '../lifecycle/kill.ts';
import { restart } from '../lifecycle/restart.ts';
import { start } from '../lifecycle/start.ts';
import { stop } from '../lifecycle/stop.ts';
import { waitForState } from '../lifecycle/wait-for-state.ts';
import { waitUntilReady } from '../lifecycle/wait-until-ready.ts';
import { quietWork } from '../quiet-work.ts';
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
        (await import('../lifecycle/create.ts')).create(domain, request),
      ),
    start: (name, { ifNeeded }) => guard(name, () => start(domain, name, ifNeeded)),
    stop: (name, options) => guard(name, () => stop(domain, name, options)),
    restart: (name, options) => guard(name, () => restart(domain, name, options)),
    kill: (name, signal) => guard(name, () => kill(domain, name, signal)),
    freeze: (name) => guard(name, () => freeze(domain, name)),
    unfreeze: (name) => guard(name, () => unfreeze(domain, name)),
    changeSettings: (name, settings) =>
      guard(name, async () =>
        (await import('../lifecycle/settings.ts')).changeSettings(domain, name, settings),
      ),
    replaceConfig: (name, json) =>
      guard(name, async () => (await import('../lifecycle/settings.ts')).replaceConfig(domain, name, json)),
    rename: (name, newName) =>
      guard(name, async () => (await import('../lifecycle/rename.ts')).rename(domain, name, newName)),
    destroy: (name, options, work = quietWork) =>
      guard(name, async () => (await import('../lifecycle/destroy.ts')).destroy(domain, name, options, work)),
    waitForState: (name, states, timeoutSeconds) =>
      guard(name, () => waitForState(domain, name, states, timeoutSeconds)),
    waitUntilReady: (name, timeoutSeconds) => guard(name, () => waitUntilReady(domain, name, timeoutSeconds)),
    handleExit: (name, { final }) => guard(name, async () => handleExit(domain, name, final)),
    handleEvent: (name, signalled) =>
      guard(name, async () =>
        (await import('../limits/handle-event.ts')).handleEvent(domain, name, signalled),
      ),
    run: (request) =>
      guardWork(request.name, request, async () =>
        (await import('../ephemeral/run.ts')).run(domain, request),
      ),
    startEphemeral: (source, work) =>
      guardWork(source, work, async () =>
        (await import('../ephemeral/start-clone.ts')).startClone(domain, source, work),
      ),
    sweep: (name) => guard(name, async () => (await import('../ephemeral/sweep.ts')).sweep(domain, name)),
    restartDue: (name) =>
      guard(name, async () => (await import('../restarting/carry-out.ts')).carryOutRestart(domain, name)),
    terminate: (name) =>
      guard(name, async () => (await import('../lifecycle/terminate.ts')).terminate(domain, name)),
  };
}
