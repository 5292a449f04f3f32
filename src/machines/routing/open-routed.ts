/** Wires both backends behind the face of machines.ts. Nobody is asked anything before a verb is called. */
import type { Machines } from '../machines.ts';
import { byNameVerbs } from './by-name.ts';
import { eventVerbs } from './events.ts';
import { hostVerbs } from './host.ts';
import { listingVerbs } from './listing.ts';
import { makingVerbs } from './making.ts';
import type { Sides } from './sides.ts';
import { trashVerbs } from './trash.ts';

export function openRouted(sides: Sides): Machines {
  const { native } = sides;
  return {
    ...byNameVerbs(sides),
    ...makingVerbs(sides),
    ...listingVerbs(sides),
    ...trashVerbs(sides),
    ...eventVerbs(sides),
    ...hostVerbs(sides),
    // What machines are made from is shared.
    templates: native.templates,
    images: native.images,
    imageKeys: native.imageKeys,
    pullImage: native.pullImage,
    removeImages: native.removeImages,
    pruneImages: native.pruneImages,
    // Only monitors of native machines call these.
    handleExit: native.handleExit,
    handleEvent: native.handleEvent,
    terminate: native.terminate,
    restartDue: native.restartDue,
  };
}
