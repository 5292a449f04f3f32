/** Verbs on one machine: they go to whoever has it. */
import type { Machines } from '../machines.ts';
import type { Part } from '../verbs/part.ts';
import { ownerOf, ownerOfAll, ownerOfSource } from './owner.ts';
import type { Sides } from './sides.ts';

const verbs = [
  'start',
  'stop',
  'restart',
  'remaining',
  'kill',
  'freeze',
  'unfreeze',
  'exec',
  'attachConsole',
  'readConsoleLog',
  'plan',
  'info',
  'inspect',
  'layerSizes',
  'relatives',
  'usage',
  'readConfig',
  'configText',
  'settings',
  'differingSettings',
  'changeSettings',
  'replaceConfig',
  'destroy',
  'waitForState',
  'waitUntilReady',
  'sweep',
  'snapshot',
  'snapshots',
  'snapshotBytes',
  'restore',
  'removeSnapshots',
  'diskUsage',
  'push',
  'pull',
  'bind',
  'unbind',
  // Of NAME or NAME@SNAPSHOT.
  'exportMachine',
] as const satisfies readonly (keyof Machines)[];

type PlainVerb = (typeof verbs)[number];
type Call = (name: string, ...rest: readonly unknown[]) => Promise<unknown>;

export function byNameVerbs(
  sides: Sides,
): Part<PlainVerb | 'followConsoleLog' | 'diff' | 'diffFile' | 'revert'> {
  const route = (verb: PlainVerb): readonly [PlainVerb, Call] => [
    verb,
    async (name, ...rest) => ((await ownerOfSource(sides, name))[verb] as Call)(name, ...rest),
  ];
  return {
    ...(Object.fromEntries(verbs.map(route)) as unknown as Part<PlainVerb>),
    followConsoleLog: async function* (name, signal) {
      yield* (await ownerOf(sides, name)).followConsoleLog(name, signal);
    },
    diff: async function* (from, to, below) {
      yield* (await ownerOfAll(sides, [from, to])).diff(from, to, below);
    },
    diffFile: async (from, to, path) => (await ownerOfAll(sides, [from, to])).diffFile(from, to, path),
    revert: async (name, paths, from, work) =>
      (await ownerOfAll(sides, [name, from])).revert(name, paths, from, work),
  };
}
