/** What machined tells of a machine's insides. */
import { BackendError } from '../../backend.ts';
import type { MachineFacts } from '../../manager/views.ts';
import type { NspawnContext } from '../context.ts';
import { type Machine1, type MachineAddress, machinePath } from '../machine1.ts';

const AF_INET = 2;
const AF_INET6 = 10;

/** Of one that is down, its image is asked. What cannot be told (it has no os-release) is empty. */
export async function readFacts({ machine1 }: NspawnContext, name: string): Promise<MachineFacts> {
  const ofImage = () =>
    otherwise(
      () => machine1.imageOsRelease(name),
      () => ({}),
    );
  const [addresses, osRelease] = await Promise.all([
    readAddresses(machine1, name),
    otherwise(() => machine1.osRelease(name), ofImage),
  ]);
  return { addresses, osRelease };
}

/** None of one that is down, or that shares the host's network. */
export async function readAddresses(machine1: Machine1, name: string): Promise<readonly string[]> {
  const found = await otherwise(
    () => machine1.addresses(name),
    () => [],
  );
  return found.flatMap((address) => formatAddress(address) ?? []);
}

/** The image of one that runs is locked: machined does not look into it, but was told. Of an image, nothing or zeros: it gets one at its first boot. */
export async function readMachineId(machine1: Machine1, name: string): Promise<string | undefined> {
  const ofImage = () =>
    otherwise(
      () => machine1.imageMachineId(name),
      () => '',
    );
  const id = await otherwise(async () => (await machine1.machineProperties(machinePath(name))).id, ofImage);
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : undefined;
}

async function otherwise<T>(ask: () => Promise<T>, other: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BackendError) return other();
    throw error;
  }
}

/** Undefined for link-local ones, which lead nowhere without an interface (systemd#20724), and for what is none. */
export function formatAddress({ family, bytes }: MachineAddress): string | undefined {
  if (family === AF_INET && bytes.length === 4) {
    return bytes[0] === 169 && bytes[1] === 254 ? undefined : bytes.join('.');
  }
  if (family !== AF_INET6 || bytes.length !== 16) return undefined;
  // fe80::/10
  if (bytes[0] === 0xfe && ((bytes[1] as number) & 0xc0) === 0x80) return undefined;
  const groups = bytes.toString('hex').match(/.{4}/g) ?? [];
  // RFC 5952, as URLs have it.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
