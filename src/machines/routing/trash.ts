/** What comes back: the trashes of both as one, and the newest deed of either undone. */
import type { ChosenTrash, Machines, Undone, UndoResult } from '../machines.ts';
import type { Part } from '../verbs/part.ts';
import { lastDeedAt } from './last-deed.ts';
import { refuseTaken } from './owner.ts';
import { askManaged, type ManagedSide, type Sides } from './sides.ts';

type Trash = 'trash' | 'restoreFromTrash' | 'emptyTrash' | 'undo' | 'undoCommand';

export function trashVerbs(sides: Sides): Part<Trash> {
  const { native } = sides;
  return {
    trash: async () => {
      const [own, theirs] = await Promise.all([
        native.trash(),
        askManaged(sides, ({ machines }) => machines.trash(), []),
      ]);
      return [...own, ...theirs].sort((a, b) => Date.parse(b.removedAt) - Date.parse(a.removedAt));
    },
    restoreFromTrash: async (entry, options, work) => {
      const owner = await ownerOfEntry(sides, entry);
      const found = (await owner.trash()).find((one) => one.entry === entry);
      if (found?.kind === 'machine') await refuseTaken(sides, owner, options.as ?? found.machine);
      return owner.restoreFromTrash(entry, options, work);
    },
    emptyTrash: async (chosen, work) => {
      const [own, theirs] = await parted(sides, chosen);
      let removed = isNothing(own) ? 0 : await native.emptyTrash(own, work);
      if (!isNothing(theirs)) removed += await emptyTheirs(sides, theirs, work);
      return removed;
    },
    undo: async (work) => {
      const theirs = await askManaged(
        sides,
        async ({ machines }) => ({ machines, at: await lastDeedAt(machines) }),
        undefined,
      );
      if (theirs?.at === undefined) return native.undo(work);
      const own = await lastDeedAt(native);
      const isOwn = own !== undefined && own >= theirs.at;
      const [later, other] = isOwn ? [native, theirs.machines] : [theirs.machines, native];
      return withRest(await later.undo(work), (id) => other.undoCommand(id, work));
    },
    undoCommand: async (id, work) => [
      ...(await native.undoCommand(id, work)),
      ...(await askManaged(sides, ({ machines }) => machines.undoCommand(id, work), [])),
    ],
  };
}

/** One command may have removed things of both. */
async function withRest(
  undone: Undone,
  undoOthers: (id: string) => Promise<readonly UndoResult[]>,
): Promise<Undone> {
  const { command } = undone;
  if (command === undefined) return undone;
  const results = [...command.results, ...(await undoOthers(command.id))];
  return { ...undone, command: { ...command, results } };
}

/** Of an entry that is nowhere: native, whose words say so. */
async function ownerOfEntry(sides: Sides, entry: string): Promise<Machines> {
  const has = async (machines: Machines): Promise<boolean> =>
    (await machines.trash()).some((one) => one.entry === entry);
  if (await has(sides.native)) return sides.native;
  const found = await askManaged(
    sides,
    async ({ machines }) => ((await has(machines)) ? machines : undefined),
    undefined,
  );
  return found ?? sides.native;
}

/** Whose each of the named ones is; one that is nowhere is for native to refuse, before anything is removed. */
async function parted(sides: Sides, chosen: ChosenTrash): Promise<readonly [ChosenTrash, ChosenTrash]> {
  if (chosen === undefined || 'listed' in chosen) return [chosen, chosen];
  const owners = await Promise.all(chosen.map((entry) => ownerOfEntry(sides, entry)));
  const ofNative = (wanted: boolean) =>
    chosen.filter((_, index) => (owners[index] === sides.native) === wanted);
  return [ofNative(true), ofNative(false)];
}

function isNothing(chosen: ChosenTrash): boolean {
  return chosen !== undefined && !('listed' in chosen) && chosen.length === 0;
}

/** Named ones must go; of all of them, as many as can be reached. */
async function emptyTheirs(
  sides: Sides,
  chosen: ChosenTrash,
  work: Parameters<Machines['emptyTrash']>[1],
): Promise<number> {
  const empty = ({ machines }: ManagedSide): Promise<number> => machines.emptyTrash(chosen, work);
  const isNamed = chosen !== undefined && !('listed' in chosen);
  return isNamed ? empty(await sides.managed()) : askManaged(sides, empty, 0);
}
