import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveSignal, signalNumber } from '../../../../src/backends/native/life/signals.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

describe('signalNumber', () => {
  it.each([
    ['SIGTERM', 15],
    ['SIGPWR', 30],
    ['SIGRTMIN', 34],
    ['SIGRTMIN+3', 37],
    ['SIGRTMAX', 64],
    ['SIGRTMAX-1', 63],
  ])('knows %s as %i', (name, number) => expect(signalNumber(name)).toBe(number));

  it.each(['TERM', 'SIGRTMIN+31', 'SIGRTMAX+1', 'SIGFOO', '9', 'toString'])('refuses %s', (name) =>
    expect(() => signalNumber(name)).toThrow(/is not a signal/),
  );
});

describe('resolveSignal', () => {
  let fixture: MachineFixture;
  beforeEach(() => {
    fixture = createMachineFixture({ signals: { halt: 'auto', reboot: 'SIGTERM' } });
  });
  afterEach(() => fixture.remove());
  const resolve = (asked: string) => resolveSignal(fixture.machine, asked, 60, `${fixture.root}/proc`);

  it('takes the machine’s own word for halt and reboot', () => {
    expect(resolve('reboot')).toBe('SIGTERM');
    expect(resolve('SIGHUP')).toBe('SIGHUP');
  });

  it('halts an init that blocks SIGRTMIN+3 by it, as systemd does', () => {
    fixture.write('proc/60/status', 'Name:\tsystemd\nSigBlk:\t7be3c0fe28014a03\nSigIgn:\t0\n');
    // Bit 36 is SIGRTMIN+3: set in systemd's own mask.
    expect(resolve('halt')).toBe('SIGRTMIN+3');
  });

  it('halts any other init by SIGPWR, as lxc does', () => {
    fixture.write('proc/60/status', 'Name:\tinit\nSigBlk:\t0000000000000000\n');
    expect(resolve('halt')).toBe('SIGPWR');
  });
});
