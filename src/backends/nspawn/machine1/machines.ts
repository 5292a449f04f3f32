/** Machines that run, as machined has them. */
import { bytes, integer, list, text, textRecord, texts } from '../bus/values.ts';
import type { LongCall, Machine1Calls } from './calls.ts';

export interface ListedMachine {
  readonly name: string;
  readonly class: string;
  /** Who registered it, for example systemd-nspawn. */
  readonly service: string;
  /** Of its object. */
  readonly path: string;
}

export interface MachineProperties {
  readonly name: string;
  readonly class: string;
  readonly service: string;
  readonly unit: string;
  /** Of its init, on the host. */
  readonly leader: number;
  /** Empty if it was not said. */
  readonly rootDirectory: string;
  /** opening, running, closing. */
  readonly state: string;
  /** When it was registered, in microseconds since the epoch. */
  readonly timestamp: number;
  readonly networkInterfaces: readonly number[];
  /** machine-id(5), as it was registered: 32 hex digits; empty if it was not said. */
  readonly id: string;
}

export interface MachineAddress {
  /** 2 is IPv4, 10 is IPv6 (AF_INET, AF_INET6). */
  readonly family: number;
  /** 4 or 16 bytes, as on the wire. */
  readonly bytes: Buffer;
}

export function createMachineCalls({ ask, order, longOrder, propertiesOf }: Machine1Calls) {
  return {
    listMachines: async (): Promise<readonly ListedMachine[]> => {
      const [machines] = await ask('ListMachines');
      return list(machines).map(listedMachine);
    },
    getMachineByPid: async (pid: number): Promise<string> =>
      text((await ask('GetMachineByPID', 'u', pid))[0]),
    /** @param path of the machine's object */
    machineProperties: async (path: string): Promise<MachineProperties> =>
      machineProperties(await propertiesOf(path, 'Machine')),
    addresses: async (name: string): Promise<readonly MachineAddress[]> =>
      list((await ask('GetMachineAddresses', 's', name))[0]).map(address),
    osRelease: async (name: string) => textRecord((await ask('GetMachineOSRelease', 's', name))[0]),
    /** The lowest id on the host; 0: it has the host's ids. */
    uidShift: async (name: string): Promise<number> =>
      integer((await ask('GetMachineUIDShift', 's', name))[0]),

    /** @param whom leader or all */
    killMachine: async (name: string, whom: 'leader' | 'all', signal: number): Promise<void> => {
      await order('KillMachine', 'ssi', name, whom, signal);
    },
    /** Ends its unit. */
    terminateMachine: async (name: string): Promise<void> => {
      await order('TerminateMachine', 's', name);
    },
    bindMount: async (name: string, source: string, path: string, readOnly: boolean): Promise<void> => {
      await order('BindMountMachine', 'sssbb', name, source, path, readOnly, true);
    },
    copyTo: async (name: string, source: string, path: string, options?: LongCall): Promise<void> => {
      await longOrder('CopyToMachine', 'sss', [name, source, path], options);
    },
    copyFrom: async (name: string, source: string, path: string, options?: LongCall): Promise<void> => {
      await longOrder('CopyFromMachine', 'sss', [name, source, path], options);
    },
  };
}

function listedMachine(row: unknown): ListedMachine {
  const [name, of, service, path] = texts(row);
  return { name: text(name), class: text(of), service: text(service), path: text(path) };
}

function machineProperties(of: Readonly<Record<string, unknown>>): MachineProperties {
  return {
    name: text(of['Name']),
    class: text(of['Class']),
    service: text(of['Service']),
    unit: text(of['Unit']),
    leader: integer(of['Leader']),
    rootDirectory: text(of['RootDirectory']),
    state: text(of['State']),
    timestamp: integer(of['Timestamp']),
    networkInterfaces: list(of['NetworkInterfaces']).map(integer),
    id: of['Id'] === undefined ? '' : bytes(of['Id']).toString('hex'),
  };
}

function address(row: unknown): MachineAddress {
  const [family, one] = list(row);
  return { family: integer(family), bytes: bytes(one) };
}
