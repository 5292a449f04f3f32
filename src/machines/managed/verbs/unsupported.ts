/** What a manager of machines truly cannot do: the reason, and the nearest way. */
import { MachineError } from '../../errors.ts';
import type { Machines } from '../../machines.ts';
import type { Part } from '../../verbs/part.ts';

interface Lack {
  readonly why: string;
  readonly hint: string;
}

/** Verbs that answer with why not. What reads as a stream does so when it is read. */
export function unsupportedVerbs<K extends keyof Machines>(lacks: Readonly<Record<K, Lack>>): Part<K> {
  const refuse = ([verb, { why, hint }]: [string, Lack]) => [
    verb,
    async (subject?: unknown): Promise<never> => {
      throw new MachineError('unsupported', why, {
        subject: typeof subject === 'string' ? subject : undefined,
        hint,
      });
    },
  ];
  return Object.fromEntries(Object.entries<Lack>(lacks).map(refuse)) as Part<K>;
}
