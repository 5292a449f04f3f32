/** Machines that come and get other names: no name is ever of both backends by a deed of ours. */
import type { Machines } from '../machines.ts';
import { pickName } from '../names/machine-names.ts';
import type { Part } from '../verbs/part.ts';
import { mergedNames } from './listing.ts';
import { ownerOf, ownerOfSource, refuseTaken } from './owner.ts';
import type { Sides } from './sides.ts';

type Making = 'create' | 'run' | 'startEphemeral' | 'importMachine' | 'rename' | 'clone';

export function makingVerbs(sides: Sides): Part<Making> {
  return {
    create: async (request) => {
      const { owner, name } = await placeFor(sides, request.name);
      return owner.create({ ...request, name });
    },
    run: async (request) => {
      const { owner, name } = await placeFor(sides, request.name);
      return owner.run({ ...request, name });
    },
    startEphemeral: async (source, request) => {
      const owner = await ownerOfSource(sides, source);
      // The name is picked by the owner, who picks again if it is taken.
      return owner.startEphemeral(source, {
        ...request,
        checkName: (name) => refuseTaken(sides, owner, name),
      });
    },
    importMachine: async (request) => {
      const owner = await ownerOfNew(sides);
      // Without a name it is the archive's, which is read first.
      return owner.importMachine({ ...request, checkName: (name) => refuseTaken(sides, owner, name) });
    },
    rename: async (name, newName) => {
      const owner = await ownerOf(sides, name);
      await refuseTaken(sides, owner, newName);
      return owner.rename(name, newName);
    },
    clone: async (source, newName, request) => {
      const owner = await ownerOfSource(sides, source);
      await refuseTaken(sides, owner, newName);
      return owner.clone(source, newName, request);
    },
  };
}

async function ownerOfNew({ native, managed, newMachines }: Sides): Promise<Machines> {
  return newMachines === 'native' ? native : (await managed()).machines;
}

async function placeFor(
  sides: Sides,
  wanted: string | undefined,
): Promise<{ readonly owner: Machines; readonly name: string }> {
  const owner = await ownerOfNew(sides);
  if (wanted === undefined) {
    const taken = new Set(await mergedNames(sides));
    return { owner, name: pickName((name) => taken.has(name)) };
  }
  await refuseTaken(sides, owner, wanted);
  return { owner, name: wanted };
}
