/** Starting, stopping, freezing and waiting, by a manager. */
import { guard } from '../../guards.ts';
import type { Part } from '../../verbs/part.ts';
import { checkManagedName } from '../images/image-names.ts';
import { requireMachine } from '../images/require-machine.ts';
import { freeze, unfreeze } from '../lifecycle/freeze.ts';
import { kill } from '../lifecycle/kill.ts';
import { finishFirstBoot, start, startableImage, startLocked } from '../lifecycle/start.ts';
import { stop, stopLocked } from '../lifecycle/stop.ts';
import { waitForState, waitUntilReady } from '../lifecycle/wait.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';

type Life =
  | 'start'
  | 'stop'
  | 'restart'
  | 'kill'
  | 'freeze'
  | 'unfreeze'
  | 'remaining'
  | 'waitForState'
  | 'waitUntilReady';

export function managedLifeVerbs(managed: ManagedDomain): Part<Life> {
  return {
    start: (name, { ifNeeded }) => guard(name, () => start(managed, name, ifNeeded)),
    stop: (name, options) => guard(name, () => stop(managed, name, options)),
    // Under one lock, so that no other command of ours comes between.
    restart: (name, options) =>
      guard(name, async () => {
        const stopped = await withManaged(managed, [name], async (manager) => {
          // Refused before it is down: that would be its end.
          startableImage(await requireMachine(manager, name));
          const outcome = await stopLocked({ managed, manager, name, options });
          await startLocked(managed, manager, name, false);
          return outcome;
        });
        await finishFirstBoot(managed, name);
        return stopped;
      }),
    kill: (name, signal) => guard(name, () => kill(managed, name, signal)),
    freeze: (name) => guard(name, () => freeze(managed, name)),
    unfreeze: (name) => guard(name, () => unfreeze(managed, name)),
    remaining: (name) =>
      guard(name, async () => {
        checkManagedName(name);
        const manager = await managed.manager();
        await requireMachine(manager, name);
        return manager.views.remaining(name);
      }),
    waitForState: (name, states, timeoutSeconds) =>
      guard(name, () => waitForState(managed, name, states, timeoutSeconds)),
    waitUntilReady: (name, timeoutSeconds) =>
      guard(name, () => waitUntilReady(managed, name, timeoutSeconds)),
  };
}
