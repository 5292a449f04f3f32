/** Where the system bus listens (D-Bus Specification, Server Addresses). Pure. */
import { BackendError } from '../../backend.ts';

/** Where it is when nobody says otherwise. */
const USUAL = 'unix:path=/run/dbus/system_bus_socket';

/** The path of the bus's socket; one in the abstract namespace begins with NUL. @throws BackendError 'unsupported' if it is no such socket */
export function busSocket(environment: Readonly<Record<string, string | undefined>>): string {
  const address = environment['DBUS_SYSTEM_BUS_ADDRESS'] || USUAL;
  for (const one of address.split(';')) {
    const socket = socketOf(one);
    if (socket !== undefined) return socket;
  }
  throw new BackendError('unsupported', `DBUS_SYSTEM_BUS_ADDRESS is ${address}: no socket of this host`, {
    hint: `set it to unix:path= and the path of a socket, or unset it: then it is ${USUAL}`,
  });
}

function socketOf(address: string): string | undefined {
  const [, parameters] = /^unix:(.+)$/s.exec(address) ?? [];
  if (parameters === undefined) return undefined;
  for (const parameter of parameters.split(',')) {
    const [, key, value] = /^(path|abstract)=(.+)$/s.exec(parameter) ?? [];
    if (value !== undefined) return (key === 'abstract' ? '\0' : '') + unescaped(value);
  }
  return undefined;
}

function unescaped(value: string): string {
  return Buffer.from(
    value.replace(/%([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString();
}
