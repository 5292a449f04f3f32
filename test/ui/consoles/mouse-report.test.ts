import { describe, expect, it } from 'vitest';
import { encodeMouse, type MouseWish } from '../../../src/ui/consoles/mouse-report.ts';

const press = { code: 0, column: 3, row: 7, released: false };
const release = { ...press, released: true };
const drag = { ...press, code: 32 };
const wheel = { ...press, code: 64 };

const wish = (tracking: MouseWish['tracking'], sgr = true): MouseWish => ({ tracking, sgr });

describe('the mouse for a program inside', () => {
  it('is what it asked for, and no more', () => {
    const told = (tracking: MouseWish['tracking']) =>
      [press, release, drag, wheel].map((report) => encodeMouse(report, wish(tracking)) !== undefined);
    expect(told('none')).toEqual([false, false, false, false]);
    expect(told('x10')).toEqual([true, false, false, false]);
    expect(told('vt200')).toEqual([true, true, false, true]);
    expect(told('drag')).toEqual([true, true, true, true]);
  });

  it('is told as SGR reports to who asked for them', () => {
    expect(encodeMouse(press, wish('vt200'))).toBe('\x1b[<0;4;8M');
    expect(encodeMouse(release, wish('vt200'))).toBe('\x1b[<0;4;8m');
  });

  it('is told as bytes to others, a release without its button, and not where a byte has no room', () => {
    expect(encodeMouse(press, wish('vt200', false))).toBe('\x1b[M \x24\x28');
    expect(encodeMouse(release, wish('vt200', false))).toBe('\x1b[M#\x24\x28');
    expect(encodeMouse({ ...press, column: 300 }, wish('vt200', false))).toBeUndefined();
  });
});
