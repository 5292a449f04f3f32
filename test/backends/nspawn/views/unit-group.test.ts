import { describe, expect, it } from 'vitest';
import { groupPath, parseUnitGroup, splitGroup } from '../../../../src/backends/nspawn/views/unit-group.ts';

const UNIT = 'systemd-nspawn@web.service';
const web = { parent: 'machine.slice', name: UNIT };

describe('the group of a machine’s unit', () => {
  it('is above the one that its init is in', () => {
    expect(parseUnitGroup(`0::/machine.slice/${UNIT}/payload/init.scope\n`, UNIT)).toEqual(web);
    expect(parseUnitGroup(`0::/machine.slice/${UNIT}/payload\n`, UNIT)).toEqual(web);
    expect(parseUnitGroup(`0::/machine.slice/${UNIT}\n`, UNIT)).toEqual(web);
  });

  it('is that of v2 on a hybrid host, where controllers of v1 need not have one', () => {
    const text = `12:pids:/machine.slice\n5:memory:/\n1:name=systemd:/old/${UNIT}\n0::/machine.slice/${UNIT}/payload\n`;
    expect(parseUnitGroup(text, UNIT)).toEqual(web);
  });

  it('is that of systemd’s own hierarchy on a host with v1 alone', () => {
    const text = `12:pids:/other/${UNIT}\n1:name=systemd:/machine.slice/${UNIT}/payload\n0::/\n`;
    expect(parseUnitGroup(text, UNIT)).toEqual(web);
  });

  it('is in whatever slice the unit is, and of a scope too', () => {
    const scope = 'machine-by\\x2dhand.scope';
    expect(parseUnitGroup(`0::/a.slice/a-b.slice/${scope}/payload\n`, scope)).toEqual({
      parent: 'a.slice/a-b.slice',
      name: scope,
    });
  });

  it('is unknown of a process in another unit, one that is gone, and one outside of our own groups', () => {
    expect(parseUnitGroup('0::/machine.slice/systemd-nspawn@other.service/payload\n', UNIT)).toBe(undefined);
    expect(parseUnitGroup('', UNIT)).toBe(undefined);
    expect(parseUnitGroup(`0::/../machine.slice/${UNIT}\n`, UNIT)).toBe(undefined);
    expect(parseUnitGroup('0::/\n', '')).toBe(undefined);
  });
});

it('a control group of systemd is split into what is above it and its own name', () => {
  expect(splitGroup('/machine.slice/a.service')).toEqual({ parent: 'machine.slice', name: 'a.service' });
  expect(splitGroup('/init.scope')).toEqual({ parent: '', name: 'init.scope' });
  expect(splitGroup('')).toBe(undefined);
  expect(splitGroup('/')).toBe(undefined);
  expect(groupPath({ parent: '', name: 'init.scope' })).toBe('init.scope');
  expect(groupPath(web)).toBe(`machine.slice/${UNIT}`);
});
