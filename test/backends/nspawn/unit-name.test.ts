import { describe, expect, it } from 'vitest';
import {
  escapeLabel,
  machineOfUnit,
  unitOfMachine,
  unitPath,
} from '../../../src/backends/nspawn/unit-name.ts';

describe('the unit of a machine', () => {
  // As `machinectl start NAME` starts it.
  it.each([
    ['web', 'systemd-nspawn@web.service'],
    ['web-1.lan', 'systemd-nspawn@web-1.lan.service'],
    ['web_2', 'systemd-nspawn@web_2.service'],
  ])('of %s is %s', (name, unit) => {
    expect(unitOfMachine(name)).toBe(unit);
    expect(machineOfUnit(unit)).toBe(name);
  });

  // Expected: `systemd-escape --template=systemd-nspawn@.service NAME`.
  it('of what is no name of a machine is a name of a unit all the same', () => {
    expect(unitOfMachine('ü/')).toBe('systemd-nspawn@\\xc3\\xbc-.service');
  });

  it('is none for a scope that somebody else made', () => {
    expect(machineOfUnit('machine-web.scope')).toBeUndefined();
  });

  // Expected: `busctl tree org.freedesktop.systemd1`.
  it('has an object on the bus', () => {
    expect(unitPath('systemd-nspawn@web\\x2d1.service')).toBe(
      '/org/freedesktop/systemd1/unit/systemd_2dnspawn_40web_5cx2d1_2eservice',
    );
    expect(escapeLabel('1a')).toBe('_31a');
    expect(escapeLabel('')).toBe('_');
  });
});
