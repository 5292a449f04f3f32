import { describe, expect, it } from 'vitest';
import { formatAddress, readFacts, readMachineId } from '../../../../src/backends/nspawn/views/facts.ts';
import { recordedBus } from './recorded-bus.ts';

const v6 = (text: string) => ({ family: 10, bytes: Buffer.from(text.replaceAll(':', ''), 'hex') });

describe('an address', () => {
  it('is written as people do', () => {
    expect(formatAddress({ family: 2, bytes: Buffer.from([10, 0, 0, 7]) })).toBe('10.0.0.7');
    expect(formatAddress(v6('2001:0db8:0000:0000:0000:0000:0000:0007'))).toBe('2001:db8::7');
  });

  it('is left out where it is link-local, or none', () => {
    expect(formatAddress({ family: 2, bytes: Buffer.from([169, 254, 3, 4]) })).toBe(undefined);
    expect(formatAddress(v6('fe80:0000:0000:0000:0000:0000:0000:0001'))).toBe(undefined);
    expect(formatAddress(v6('febf:0000:0000:0000:0000:0000:0000:0001'))).toBe(undefined);
    expect(formatAddress(v6('fec0:0000:0000:0000:0000:0000:0000:0001'))).toBe('fec0::1');
    expect(formatAddress({ family: 2, bytes: Buffer.alloc(3) })).toBe(undefined);
    expect(formatAddress({ family: 40, bytes: Buffer.alloc(4) })).toBe(undefined);
  });
});

it('a machine that is down tells the system of its image, and no address', async () => {
  const { context } = recordedBus({ GetImageOSRelease: [{ ID: 'debian', VERSION_ID: '12' }] });
  expect(await readFacts(context, 'web')).toEqual({
    addresses: [],
    osRelease: { ID: 'debian', VERSION_ID: '12' },
  });
});

describe('a machine-id', () => {
  const read = (id: Buffer | undefined) =>
    readMachineId(recordedBus(id === undefined ? {} : { GetImageMachineID: [id] }).context.machine1, 'web');

  it('is what machined finds in the image', async () => {
    expect(await read(Buffer.alloc(16, 0xab))).toBe('ab'.repeat(16));
  });

  it('is what a machine that runs was registered with, since its image is locked', async () => {
    const text = {
      Name: 'web',
      Class: 'container',
      Service: '',
      Unit: '',
      RootDirectory: '',
      State: 'running',
    };
    const registered = {
      ...text,
      Leader: 4,
      Timestamp: 1n,
      NetworkInterfaces: [],
      Id: Buffer.alloc(16, 0xcd),
    };
    const { context } = recordedBus({ 'GetAll Machine web': [registered] });
    expect(await readMachineId(context.machine1, 'web')).toBe('cd'.repeat(16));
  });

  it('is not known of one that has none yet, or that is not there', async () => {
    expect(await read(Buffer.alloc(0))).toBe(undefined);
    expect(await read(Buffer.alloc(16))).toBe(undefined);
    expect(await read(undefined)).toBe(undefined);
  });
});
