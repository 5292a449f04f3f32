import { describe, expect, it } from 'vitest';
import { encodePlan } from '../../../src/backends/native/encode.ts';
import { buildPlan } from '../../../src/backends/native/plan.ts';
import {
  decodeRecords,
  encodeRecords,
  RECORD_BOUNDS,
  type WireRecord,
} from '../../../src/backends/native/records.ts';
import { HOST, machineHandle, SELF_ARGV } from './machine-spec.ts';

/** mulberry32: the same sequence at every run, so that a failure can be seen again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Strings that a decoder stumbles over: numbers, the end record, empty, multi-byte. */
const PIECES = ['', 'end', '0', '1', '-1', 'section', ' ', '\n', '\x01', 'ü', '機械', '😀', 'a'.repeat(300)];

function randomRecord(random: (below: number) => number): WireRecord {
  const text = (): string => Array.from({ length: random(4) }, () => PIECES[random(PIECES.length)]).join('');
  return { name: `r${text()}`, arguments: Array.from({ length: random(6) }, text) };
}

describe('records', () => {
  it('come back as they were, whatever they hold', () => {
    const random = randomNumbers(1);
    for (let round = 0; round < 300; round++) {
      const records = Array.from({ length: random(20) }, () => randomRecord(random));
      expect(decodeRecords(encodeRecords(records))).toEqual(records);
    }
  });

  it('are refused when cut off anywhere', () => {
    const stream = encodeRecords([{ name: 'running', arguments: ['12', '', 'end', '0'] }]);
    for (let length = 0; length < stream.length; length++) {
      expect(() => decodeRecords(stream.subarray(0, length)), `${length} bytes`).toThrow(/malformed records/);
    }
  });

  it.each([
    'x\0-1\0end\0' + '0\0',
    'x\0' + '01\0a\0end\0' + '0\0',
    'x\0\0end\0' + '0\0',
    'x\0' + '1025\0end\0' + '0\0',
    'end\0' + '0\0x\0' + '0\0',
  ])('are refused when the counts are not what the helper writes: %j', (text) => {
    expect(() => decodeRecords(Buffer.from(text))).toThrow(/malformed records/);
  });

  it('never carry a NUL, with which one argument would become records', () => {
    expect(() => encodeRecords([{ name: 'write', arguments: ['/a', '0644', 'x\0exec\0'] }])).toThrow(/NUL/);
    expect(() => encodeRecords([{ name: 'a\0b', arguments: [] }])).toThrow(/NUL/);
  });

  it('are bounded as the helper bounds them', () => {
    const long = 'x'.repeat(RECORD_BOUNDS.stringBytes);
    const one = { name: 'one', arguments: [] };
    expect(() => encodeRecords([{ name: 'a', arguments: [long] }])).not.toThrow();
    expect(() => encodeRecords([{ name: 'a', arguments: [`${long}x`] }])).toThrow(/at most/);
    expect(() =>
      encodeRecords([{ name: 'a', arguments: ['ü'.repeat(RECORD_BOUNDS.stringBytes / 2 + 1)] }]),
    ).toThrow(/at most/);
    expect(() => encodeRecords([{ name: 'a', arguments: Array.from({ length: 1025 }, () => '') }])).toThrow(
      /at most 1024/,
    );
    expect(() => encodeRecords(Array.from({ length: 4096 }, () => one))).toThrow(/at most 4096/);
    expect(() => encodeRecords(Array.from({ length: 9 }, () => ({ name: 'a', arguments: [long] })))).toThrow(
      /1048576 bytes/,
    );
  });
});

describe('an encoded plan', () => {
  it('begins with its version and name and has the sections in order', () => {
    const plan = buildPlan(machineHandle(), HOST, SELF_ARGV);
    const records = decodeRecords(encodePlan(plan));
    expect(records[0]).toEqual({ name: 'plan', arguments: ['1', 'alpha'] });
    expect(records.filter(({ name }) => name === 'section').map((record) => record.arguments[0])).toEqual([
      'machine',
      'outside',
      'inside',
    ]);
    expect(records).toHaveLength(4 + plan.machine.length + plan.outside.length + plan.inside.length);
  });

  it('is refused when the configuration hides a NUL', () => {
    const init = { ...machineHandle().spec.init, environment: { KEY: 'a\0b' } };
    expect(() => encodePlan(buildPlan(machineHandle({ init }), HOST, SELF_ARGV))).toThrow(
      /NUL byte in an argument of 'environment'/,
    );
  });
});
