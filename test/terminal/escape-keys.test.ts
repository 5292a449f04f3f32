import { describe, expect, it } from 'vitest';
import {
  defaultLeader,
  type EscapeState,
  feedKeys,
  type Leader,
  parseLeader,
} from '../../src/terminal/escape-keys.ts';

const controlA = parseLeader('^a') as Leader;

/** Feeds the pieces one by one, and stops where the console is left. */
function type(pieces: readonly string[], leader: Leader = defaultLeader) {
  let state: EscapeState = 'plain';
  let sent = '';
  for (const piece of pieces) {
    const result = feedKeys(state, Buffer.from(piece), leader);
    state = result.state;
    sent += result.send.toString();
    if (result.leave !== false) return { sent, leave: result.leave };
  }
  return { sent, leave: false };
}

describe('keys at a console', () => {
  it.each([
    ['what is typed goes to the machine', 'ls\r\x03\x1b', { sent: 'ls\r\x03\x1b', leave: false }],
    ['leader q leaves', 'a\x1dqb', { sent: 'a', leave: 'by-key' }],
    ['leader d leaves', '\x1dd', { sent: '', leave: 'by-key' }],
    ['leader leader leaves', 'a\x1d\x1d', { sent: 'a', leave: 'by-leader' }],
    ['three leaders leave', '\x1d\x1d\x1d', { sent: '', leave: 'by-leader' }],
    ['leader ] sends a leader', '\x1d]x', { sent: '\x1dx', leave: false }],
    ['leader and another key are both sent', '\x1dx', { sent: '\x1dx', leave: false }],
    ['leader and an arrow are both sent', '\x1d\x1b[A', { sent: '\x1d\x1b[A', leave: false }],
  ])('%s', (_, keys, expected) => {
    expect(type([keys])).toEqual(expected);
    expect(type([...keys])).toEqual(expected);
  });

  it('waits with a leader for its key', () => {
    expect(type(['a\x1d'])).toEqual({ sent: 'a', leave: false });
    expect(type(['a\x1d', 'q'])).toEqual({ sent: 'a', leave: 'by-key' });
  });

  it("follow lxc's habit with Ctrl-a: q leaves, Ctrl-a and a send one", () => {
    expect(type(['x\x01q'], controlA)).toEqual({ sent: 'x', leave: 'by-key' });
    expect(type(['\x01\x01y'], controlA)).toEqual({ sent: '\x01y', leave: false });
    expect(type(['\x01a'], controlA)).toEqual({ sent: '\x01', leave: false });
    expect(type(['\x1d\x1d'], controlA)).toEqual({ sent: '\x1d\x1d', leave: false });
  });

  it.each([
    ['^a', 0x01, 'Ctrl-a'],
    ['^A', 0x01, 'Ctrl-a'],
    ['^]', 0x1d, 'Ctrl-]'],
    ['^^', 0x1e, 'Ctrl-^'],
    ['~', 0x7e, '~'],
  ])('the leader %s is the byte %i', (text, byte, label) => {
    expect(parseLeader(text)).toMatchObject({ byte, label });
  });

  it.each(['', '^', 'ab', '^ab', 'é', ' '])('%j is no leader', (text) => {
    expect(parseLeader(text)).toBeUndefined();
  });

  it('none is no leader at all', () => {
    expect(parseLeader('none')).toBe('none');
  });
});
