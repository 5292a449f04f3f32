/** Wires the verbs of machines that somebody else keeps behind the face of machines.ts. Nobody is asked anything before a verb is called. */
import type { Machines } from '../machines.ts';
import { imageVerbs } from '../verbs/images.ts';
import type { ManagedDomain } from './managed-domain.ts';
import { managedAccessVerbs } from './verbs/access.ts';
import { askedAgain } from './verbs/asked-again.ts';
import { managedEventVerbs } from './verbs/events.ts';
import { managedHistoryVerbs } from './verbs/history.ts';
import { managedLifeVerbs } from './verbs/life.ts';
import { managedLookingVerbs } from './verbs/looking.ts';
import { managedMakingVerbs } from './verbs/making.ts';
import { managedSettingsVerbs } from './verbs/settings.ts';
import { unsupportedVerbs } from './verbs/unsupported.ts';

/** Only a monitor of ours calls these, and these machines have none. */
const noMonitor = {
  why: 'the machine has no monitor of tsmachine',
  hint: 'nothing is to be done: its manager looks after it',
};

export function openManaged(managed: ManagedDomain): Machines {
  return askedAgain(managed, {
    ...managedLifeVerbs(managed),
    ...managedLookingVerbs(managed),
    ...managedSettingsVerbs(managed),
    ...managedMakingVerbs(managed),
    ...managedHistoryVerbs(managed),
    ...managedAccessVerbs(managed),
    ...managedEventVerbs(managed),
    ...imageVerbs(managed.domain),
    templates: () => managed.domain.templates,
    ...unsupportedVerbs<'handleExit' | 'handleEvent' | 'terminate' | 'restartDue'>({
      handleExit: noMonitor,
      handleEvent: noMonitor,
      terminate: noMonitor,
      restartDue: noMonitor,
    }),
  });
}
