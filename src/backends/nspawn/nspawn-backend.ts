/** Machines of systemd-nspawn, as systemd-machined and systemd keep them: the parts, put together. Nobody is asked before a method is called. */
import type { Manager } from '../manager/machine-manager.ts';
import { createAccess } from './access/access.ts';
import { busSocket } from './bus/address.ts';
import { createBus } from './bus/bus.ts';
import type { NspawnContext, NspawnFolders } from './context.ts';
import { createEvents } from './events/events.ts';
import { examineHost } from './examination/examine-host.ts';
import { createImages } from './images/images.ts';
import { createTrees } from './images/trees.ts';
import { createLife } from './life/life.ts';
import { createMachine1 } from './machine1.ts';
import { createSettings } from './settings/settings.ts';
import { createSystemd1 } from './systemd1.ts';
import { createViews } from './views/views.ts';

export interface NspawnOptions extends NspawnFolders {
  /** Says where the system bus is, if it says so (DBUS_SYSTEM_BUS_ADDRESS). */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function createNspawnManager({ environment, ...folders }: NspawnOptions): Manager {
  const bus = createBus({ socket: () => busSocket(environment) });
  const context: NspawnContext = {
    bus,
    machine1: createMachine1(bus),
    systemd1: createSystemd1(bus),
    folders,
  };
  const settings = createSettings(context);
  const views = createViews(context);
  return {
    name: 'nspawn',
    views,
    life: createLife(context, settings),
    images: createImages(context),
    trees: createTrees(context),
    settings,
    access: createAccess(context, settings, views),
    events: createEvents(context, views),
    examineHost: () => examineHost(context),
    close: bus.close,
  };
}
