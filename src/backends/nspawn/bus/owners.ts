/**
 * Who has a well-known name just now. Anybody may send a signal to us alone, whatever it says: the bus vouches for the unique name of its sender and for
 * nothing else.
 */
import type { BusSignal, MethodCall, SignalMatch } from './calls.ts';
import { Refusal } from './failures.ts';
import { matchRule } from './match-rule.ts';
import { text } from './values.ts';

/** Its own name is its unique one. */
export const BUS = 'org.freedesktop.DBus';

export interface Owners {
  /** From when it resolves, `isFrom` knows the name. */
  watch(name: string): Promise<void>;
  isFrom(name: string, sender: string): boolean;
  take(signal: BusSignal, sender: string): void;
}

export function createOwners(call: (call: MethodCall) => Promise<readonly unknown[]>): Owners {
  const owners = new Map<string, string>();
  const watched = new Map<string, Promise<void>>();

  const begin = async (name: string): Promise<void> => {
    // In this order: a change after the answer is told.
    const [, owner] = await Promise.all([call(addMatch(changesOf(name))), ownerOf(name)]);
    if (!owners.has(name)) owners.set(name, owner);
  };
  const ownerOf = async (name: string): Promise<string> => {
    try {
      const [owner] = await call(busCall('GetNameOwner', name));
      return text(owner);
    } catch (error) {
      if (error instanceof Refusal) return '';
      throw error;
    }
  };

  return {
    watch: async (name) => {
      if (name === BUS) return;
      const begun = watched.get(name) ?? begin(name);
      watched.set(name, begun);
      await begun;
    },
    isFrom: (name, sender) => sender !== '' && sender === (name === BUS ? BUS : owners.get(name)),
    take: ({ member, body: [name, , owner] }, sender) => {
      if (sender !== BUS || member !== 'NameOwnerChanged') return;
      if (typeof name === 'string' && watched.has(name)) owners.set(name, text(owner));
    },
  };
}

export function changesOf(name: string): SignalMatch {
  return { sender: BUS, interface: BUS, member: 'NameOwnerChanged', arg0: name };
}

export function addMatch(match: SignalMatch): MethodCall {
  return busCall('AddMatch', matchRule(match));
}

export function removeMatch(match: SignalMatch): MethodCall {
  return busCall('RemoveMatch', matchRule(match));
}

function busCall(member: string, argument: string): MethodCall {
  return {
    destination: BUS,
    path: '/org/freedesktop/DBus',
    interface: BUS,
    member,
    signature: 's',
    arguments: [argument],
  };
}
