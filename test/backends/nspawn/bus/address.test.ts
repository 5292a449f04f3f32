import { describe, expect, it } from 'vitest';
import { busSocket } from '../../../../src/backends/nspawn/bus/address.ts';

const of = (address?: string) => busSocket({ DBUS_SYSTEM_BUS_ADDRESS: address });

describe('the socket of the system bus', () => {
  it('is the usual one unless the environment says otherwise', () => {
    expect(of()).toBe('/run/dbus/system_bus_socket');
    expect(of('')).toBe('/run/dbus/system_bus_socket');
    expect(of('unix:path=/tmp/bus,guid=00ff')).toBe('/tmp/bus');
  });

  it('is unescaped, and may be abstract', () => {
    expect(of('unix:path=/tmp/a%20b%c3%a4')).toBe('/tmp/a bä');
    expect(of('unix:path=/tmp/a%2cb')).toBe('/tmp/a,b');
    expect(of('unix:abstract=/tmp/x')).toBe('\0/tmp/x');
  });

  it('is the first of several that is one', () => {
    expect(of('tcp:host=example.org,port=1;unix:path=/tmp/bus')).toBe('/tmp/bus');
  });

  it.each(['tcp:host=example.org,port=1', 'nonsense', 'unix:'])('is not taken from %s', (address) => {
    expect(() => of(address)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
