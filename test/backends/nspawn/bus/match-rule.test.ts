import { describe, expect, it } from 'vitest';
import { matches, matchRule } from '../../../../src/backends/nspawn/bus/match-rule.ts';

describe('a match rule', () => {
  it('says what is given, quotes kept apart', () => {
    expect(matchRule({ sender: 'a.b', member: 'New', arg0: "it's" })).toBe(
      "type='signal',sender='a.b',member='New',arg0='it'\\''s'",
    );
  });

  const signal = { path: '/a/b', interface: 'a.b', member: 'New', body: ['x'] };

  it.each([
    [{}, true],
    [{ member: 'New', arg0: 'x', path: '/a/b' }, true],
    [{ member: 'Old' }, false],
    [{ arg0: 'y' }, false],
    [{ pathNamespace: '/a' }, true],
    [{ pathNamespace: '/a/b' }, true],
    [{ pathNamespace: '/a/' }, false],
    [{ pathNamespace: '/b' }, false],
  ])('of %j: %s', (match, fits) => {
    expect(matches({ sender: 'a.b', ...match }, signal)).toBe(fits);
  });
});
