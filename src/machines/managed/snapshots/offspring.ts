/**
 * What went on from a kept state that is removed goes on from what was before it. What that was is a fact of the removed one, so that the
 * tree is as before when it comes back. Of states that others made nothing is known, and nothing is written.
 */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { keptStateName } from '../images/image-names.ts';
import type { OwnFacts } from '../images/own-facts.ts';
import { factsOf, writeFacts } from '../images/written-facts.ts';
import { keptStates } from './kept-states.ts';

/** May be repeated. */
export async function handOn(manager: Manager, machine: string, snapshot: string): Promise<void> {
  const states = await keptStates(manager, machine);
  const removed = states.find(({ name }) => name === snapshot);
  if (removed === undefined) return;
  const children = states.filter(({ facts }) => facts.parent === snapshot);
  const isCurrent = (await factsOf(manager, machine)).goesOnFrom === snapshot;
  if (!isCurrent && children.length === 0) return;
  const parent = states.find(({ name }) => name === removed.facts.parent)?.name;
  const before = removed.facts.offspring;
  const offspring = {
    parent: parent ?? null,
    current: isCurrent || before?.current === true,
    children: {
      ...before?.children,
      ...Object.fromEntries(children.map(({ name, createdAt }) => [name, createdAt])),
    },
  };
  await writeFacts(manager, removed.image.name, { offspring });
  for (const { image } of children) await writeFacts(manager, image.name, { parent });
  if (isCurrent) await writeFacts(manager, machine, { goesOnFrom: parent });
}

/** It is back, as `snapshot`. What has been put elsewhere since stays there. May be repeated. `removedAt`: milliseconds since the epoch. */
export async function handBack(
  manager: Manager,
  machine: string,
  snapshot: string,
  { offspring }: OwnFacts,
  removedAt: number,
): Promise<void> {
  if (offspring === undefined) return;
  const states = await keptStates(manager, machine);
  const parent = offspring.parent ?? undefined;
  for (const { name, createdAt, facts, image } of states) {
    const was = offspring.children[name] === createdAt;
    if (was && facts.parent === parent) await writeFacts(manager, image.name, { parent: snapshot });
  }
  // A restore leaves an automatic one: the files of now are others then, even if they go on from the same one.
  const restored = states.some(
    ({ facts, createdAt }) => facts.automatic && Date.parse(createdAt) > removedAt,
  );
  const present = await factsOf(manager, machine);
  if (offspring.current && !restored && present.goesOnFrom === parent) {
    await writeFacts(manager, machine, { goesOnFrom: snapshot });
  }
  await writeFacts(manager, keptStateName(machine, snapshot), { offspring: undefined });
}
