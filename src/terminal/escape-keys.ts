/**
 * What a person types at a console, told apart: bytes for the machine, and the leader with its keys. Pure; no key is
 * ever lost: a leader and a key that means nothing go to the machine, both. But what comes in one piece behind the keys that
 * leave goes nowhere: in a pasted text it would be a command for the person's own shell.
 */

/** Ctrl-], as telnet and machinectl. */
const CONTROL_BRACKET = 0x1d;

export interface Leader {
  readonly byte: number;
  /** As people write it: Ctrl-]. */
  readonly label: string;
  /** The key that sends one literally. */
  readonly literal: number;
  /** Ctrl-] twice leaves, as a machinectl hand expects; any other one twice sends one, as an lxc hand expects. */
  readonly twiceLeaves: boolean;
}

export const defaultLeader: Leader = {
  byte: CONTROL_BRACKET,
  label: 'Ctrl-]',
  literal: ']'.charCodeAt(0),
  twiceLeaves: true,
};

/** `^a`, `^]`, a single character, or `none`. Undefined: not understood. */
export function parseLeader(text: string): Leader | 'none' | undefined {
  if (text === 'none') return 'none';
  const control = /^\^([@-_a-z])$/.exec(text)?.[1];
  if (control !== undefined) return controlLeader(control.toLowerCase());
  // A lone ^ is most likely a key that was forgotten.
  if (text === '^' || !/^[!-~]$/.test(text)) return undefined;
  const byte = text.charCodeAt(0);
  return { byte, label: text, literal: byte, twiceLeaves: false };
}

function controlLeader(key: string): Leader {
  const byte = key.toUpperCase().charCodeAt(0) & 0x1f;
  if (byte === CONTROL_BRACKET) return defaultLeader;
  return { byte, label: `Ctrl-${key}`, literal: key.charCodeAt(0), twiceLeaves: false };
}

/** Whether the last byte was a leader whose key is still to come. */
export type EscapeState = 'plain' | 'after-leader';

export interface EscapeResult {
  readonly state: EscapeState;
  readonly send: Buffer;
  /** `by-leader`: a third leader may still follow, out of habit, and must not reach the person's shell. */
  readonly leave: false | 'by-key' | 'by-leader';
}

export function feedKeys(state: EscapeState, bytes: Uint8Array, leader: Leader): EscapeResult {
  const send: number[] = [];
  let current = state;
  for (const byte of bytes) {
    if (current === 'plain') {
      if (byte === leader.byte) current = 'after-leader';
      else send.push(byte);
      continue;
    }
    const meaning = meaningOf(byte, leader);
    if (meaning === 'by-key' || meaning === 'by-leader') {
      return { state: 'plain', send: Buffer.from(send), leave: meaning };
    }
    send.push(...(meaning === 'literal' ? [leader.byte] : [leader.byte, byte]));
    current = 'plain';
  }
  return { state: current, send: Buffer.from(send), leave: false };
}

function meaningOf(byte: number, leader: Leader): 'by-key' | 'by-leader' | 'literal' | 'nothing' {
  if (byte === leader.byte) return leader.twiceLeaves ? 'by-leader' : 'literal';
  if (byte === leader.literal) return 'literal';
  const key = String.fromCharCode(byte);
  return key === 'q' || key === 'd' ? 'by-key' : 'nothing';
}
