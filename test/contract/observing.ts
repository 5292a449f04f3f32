/** Runs a case, and tells what came of it. */
import { MachineError } from '../../src/machines/errors.ts';
import type { Machines } from '../../src/machines/machines.ts';
import type { Case } from './case.ts';
import type { World } from './world.ts';

export interface Observation {
  readonly command: string;
  readonly does: string;
  /** Absent: it does it. */
  readonly unsupported?: { readonly why: string; readonly nearest: string };
}

/** @throws what the case throws, unless a verb of the face said in it that its backend cannot do this */
export async function observe({ command, does, run }: Case, world: World): Promise<Observation> {
  let refusal: MachineError | undefined;
  const machines = listening(world.machines, (error) => {
    refusal ??= error;
  });
  try {
    await run({ ...world, machines });
    return { command, does };
  } catch (error) {
    if (refusal === undefined) throw error;
    const { message, hint } = refusal;
    if (hint === undefined) throw new Error(`"${message}" does not say what is nearest`, { cause: refusal });
    return { command, does, unsupported: { why: withoutName(message), nearest: withoutName(hint) } };
  }
}

/** Machines of the cases are numbered as they come. */
function withoutName(words: string): string {
  return words.replace(/contract-\d+/g, 'NAME');
}

/** The same face; whatever verb says that its backend cannot do it is told, also what a case catches itself. */
function listening(machines: Machines, heard: (refusal: MachineError) => void): Machines {
  const listen = (error: unknown): void => {
    if (error instanceof MachineError && error.code === 'unsupported') heard(error);
  };
  return new Proxy(machines, {
    get(target, verb, receiver) {
      const value: unknown = Reflect.get(target, verb, receiver);
      if (typeof value !== 'function') return value;
      return (...words: unknown[]) => {
        const answer: unknown = value.apply(target, words);
        if (answer instanceof Promise) answer.catch(listen);
        return isStream(answer) ? heardStream(answer, listen) : answer;
      };
    },
  });
}

function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

async function* heardStream(stream: AsyncIterable<unknown>, listen: (error: unknown) => void) {
  try {
    yield* stream;
  } catch (error) {
    listen(error);
    throw error;
  }
}
