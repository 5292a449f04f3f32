/** Rules as a program: what it answers is tried in an interpreter of the few instructions that it is made of. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_RULES } from '../../../../../src/backends/native/cgroups/devices/default-rules.ts';
import {
  deviceProgram,
  rulesOfProgram,
} from '../../../../../src/backends/native/cgroups/devices/device-program.ts';
import {
  type DeviceRule,
  parseRule,
} from '../../../../../src/backends/native/cgroups/devices/device-rule.ts';

const rules = (...texts: readonly string[]) => texts.map((text) => parseRule(text) as DeviceRule);
const standard = DEFAULT_RULES.map(({ name: _, ...rule }) => rule);

/** BPF_DEVCG_*: linux/bpf.h. */
const TYPES = { b: 1, c: 2 };
const ACCESS = { m: 1, r: 2, w: 4 };

/** Runs the program as the kernel does: instructions of 8 bytes, little-endian as on the processors that tests run on. */
function allows(program: string, request: string): boolean {
  const { type, major, minor, access } = parseRule(request) as DeviceRule;
  const wanted = [...access].reduce((bits, letter) => bits | ACCESS[letter as 'r'], 0);
  const context = Buffer.alloc(12);
  context.writeUInt32LE((wanted << 16) | TYPES[type], 0);
  context.writeUInt32LE(Number(major), 4);
  context.writeUInt32LE(Number(minor), 8);
  const code = Buffer.from(program, 'hex');
  const registers = new Uint32Array(11);
  for (let at = 0; at < code.length; at += 8) {
    const [to, from] = [(code[at + 1] ?? 0) & 0xf, (code[at + 1] ?? 0) >> 4];
    const [offset, value] = [code.readInt16LE(at + 2), code.readInt32LE(at + 4)];
    const before = registers[to] ?? 0;
    switch (code[at]) {
      case 0x61: // r = *(u32 *)(r1 + offset)
        expect(from).toBe(1);
        registers[to] = context.readUInt32LE(offset);
        break;
      case 0xbc: // w = w
        registers[to] = registers[from] ?? 0;
        break;
      case 0x74: // w >>= value
        registers[to] = before >>> value;
        break;
      case 0x54: // w &= value
        registers[to] = before & value;
        break;
      case 0x56: // if w != value goto
        if (before !== value >>> 0) at += offset * 8;
        break;
      case 0xb7: // r = value
        registers[to] = value;
        break;
      case 0x95: // exit
        return registers[0] === 1;
      default:
        throw new Error(`unknown instruction ${code[at]?.toString(16)}`);
    }
  }
  throw new Error('the program runs over its end');
}

describe('a device program', () => {
  it.each<readonly [request: string, allowed: boolean]>([
    ['c 1:3 rw', true],
    ['c 1:3 rwm', true],
    ['c 1:4 r', false],
    ['b 1:3 r', false],
    ['c 136:17 rw', true],
    ['c 10:200 rw', true],
    ['c 10:229 rw', true],
    ['c 10:237 r', false],
    ['c 10:237 m', true],
    ['b 8:0 m', true],
    ['b 8:0 r', false],
    ['b 8:0 rm', false],
  ])('of what every machine may answers to %s with %s', (request, allowed) => {
    expect(allows(deviceProgram(standard), request)).toBe(allowed);
  });

  it.each<readonly [rule: string, request: string, allowed: boolean]>([
    ['c 10:232 r', 'c 10:232 r', true],
    ['c 10:232 r', 'c 10:232 w', false],
    ['c 10:232 r', 'c 10:232 rw', false],
    ['c 10:232 rw', 'c 10:232 m', false],
    ['c *:* rw', 'c 4095:1048575 rw', true],
    ['c *:* rw', 'b 4095:1048575 rw', false],
    ['b 7:* rwm', 'b 7:3 w', true],
    ['b 7:* rwm', 'b 8:3 w', false],
    ['c *:3 r', 'c 9:3 r', true],
  ])('of %s answers to %s with %s', (rule, request, allowed) => {
    expect(allows(deviceProgram(rules(rule)), request)).toBe(allowed);
  });

  it('refuses all without a rule', () => {
    expect(allows(deviceProgram([]), 'c 1:3 r')).toBe(false);
  });

  it('is what it was', () => {
    expect(deviceProgram(rules('c 1:3 rwm', 'b 8:* r'))).toBe(
      [
        '6112000000000000', // r2 = *(u32 *)(r1 + 0): access << 16 | type
        'bc23000000000000', // w3 = w2
        '7403000010000000', // w3 >>= 16
        '54020000ffff0000', // w2 &= 0xffff
        '6114040000000000', // r4 = *(u32 *)(r1 + 4): major
        '6115080000000000', // r5 = *(u32 *)(r1 + 8): minor
        '5602040002000000', // if w2 != 2 goto +4
        '5604030001000000', // if w4 != 1 goto +3
        '5605020003000000', // if w5 != 3 goto +2
        'b700000001000000', // r0 = 1
        '9500000000000000', // exit
        '5602060001000000', // if w2 != 1 goto +6
        'bc31000000000000', // w1 = w3
        '5401000005000000', // w1 &= 5: w and m
        '5601030000000000', // if w1 != 0 goto +3
        '5604020008000000', // if w4 != 8 goto +2
        'b700000001000000',
        '9500000000000000',
        'b700000000000000', // r0 = 0
        '9500000000000000',
      ].join(''),
    );
  });

  it.each([[[]], [standard], [rules('c 1:3 r', 'b *:* m', 'c 10:* rw', 'c *:5 wm', 'c 0:0 rwm')]])(
    'is read back as the rules that it was made from',
    (all) => {
      expect(rulesOfProgram(deviceProgram(all))).toEqual(all);
    },
  );

  it.each([
    ['nothing', ''],
    ['what is no hexadecimal', 'xyz'],
    ['another program', 'b7000000010000009500000000000000'],
    ['one that was cut off', deviceProgram(standard).slice(0, -16)],
    ['one that was lengthened', `${deviceProgram(standard)}9500000000000000`],
    ['one that jumps backwards', deviceProgram(rules('c 1:3 r')).replace('56020700', '5602ffff')],
    ['one that jumps nowhere', deviceProgram(rules('c 1:3 r')).replace('56020700', '56020000')],
  ])('is not made out of %s', (_, hex) => {
    expect(rulesOfProgram(hex)).toBeUndefined();
  });

  it('is not made of more devices than the kernel checks in a moment', () => {
    const many = Array.from({ length: 257 }, (_, minor) => ({ ...rules('c 1:3 r')[0], minor }) as DeviceRule);
    expect(() => deviceProgram(many)).toThrow(/257 devices are too many/);
    expect(deviceProgram(many.slice(1)).length).toBeLessThan(4096 * 16);
  });
});
