/**
 * A bus that answers what was recorded of real ones. It stands in for machined and systemd where a test needs another version of them than the
 * test host has, or a machine that goes in the middle of a look.
 */
import { BackendError } from '../../../../src/backends/backend.ts';
import type { Bus } from '../../../../src/backends/nspawn/bus/bus.ts';
import type { MethodCall } from '../../../../src/backends/nspawn/bus/calls.ts';
import { Refusal } from '../../../../src/backends/nspawn/bus/failures.ts';
import type { NspawnContext } from '../../../../src/backends/nspawn/context.ts';
import { createMachine1 } from '../../../../src/backends/nspawn/machine1.ts';
import { createSystemd1 } from '../../../../src/backends/nspawn/systemd1.ts';

/** By member; also `Get OBJECT PROPERTY` and `GetAll INTERFACE OBJECT`. What is not told is refused as an object that is not there. */
export type Replies = Readonly<Record<string, readonly unknown[]>>;

export interface RecordedBus {
  readonly context: NspawnContext;
  /** Members that were called, in rounds: calls that were sent before any of them was answered. */
  readonly rounds: string[][];
}

export function recordedBus(replies: Replies): RecordedBus {
  const rounds: string[][] = [];
  let current: string[] | undefined;
  const call = async (wanted: MethodCall): Promise<readonly unknown[]> => {
    if (current === undefined) {
      current = [];
      rounds.push(current);
    }
    current.push(wanted.member);
    await new Promise((answered) => setTimeout(answered, 5));
    current = undefined;
    return answerTo(wanted, replies);
  };
  const bus: Bus = {
    call,
    subscribe: async () => {
      throw new Error('nothing was recorded of signals');
    },
    close: () => {},
  };
  return {
    context: {
      bus,
      machine1: createMachine1(bus),
      systemd1: createSystemd1(bus),
      folders: { helperPath: '' },
    },
    rounds,
  };
}

function answerTo(call: MethodCall, replies: Replies): readonly unknown[] {
  const answer = replies[`${call.member}${detailOf(call)}`] ?? replies[call.member];
  if (answer !== undefined) return answer;
  const refusal = new Refusal('org.freedesktop.DBus.Error.UnknownObject', `Unknown object '${call.path}'.`);
  throw new BackendError('failed', refusal.message, { cause: refusal });
}

/** Of a property its name, of all of them the interface; and the object. */
function detailOf({ member, path, arguments: given = [] }: MethodCall): string {
  const object = path.slice(path.lastIndexOf('/') + 1);
  if (member === 'Get') return ` ${object} ${given[1]}`;
  return member === 'GetAll' ? ` ${String(given[0]).split('.').at(-1)} ${object}` : '';
}
