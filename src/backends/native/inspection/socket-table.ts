/** /proc/PID/net/{tcp,tcp6,udp,udp6}: proc_pid_net(5), Documentation/networking/proc_net_tcp.rst. */
import type { ListeningSocket } from '../../inspection.ts';

export type SocketProtocol = ListeningSocket['protocol'];

export interface TableSocket {
  readonly protocol: SocketProtocol;
  readonly address: string;
  readonly port: number;
  /** 0: nobody has it open. */
  readonly inode: number;
}

/** Values of enum in net/tcp_states.h, as the column `st` has them; UDP borrows that of a closed TCP for "without a peer". */
const LISTENING: Readonly<Record<SocketProtocol, string>> = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' };

/** Sockets that wait for whoever comes: not those that talk with somebody. */
export function parseListening(table: string, protocol: SocketProtocol): readonly TableSocket[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => state === LISTENING[protocol])
    .map(([, local = '', , , , , , , , inode]) => ({
      protocol,
      ...parseAddress(local),
      inode: Number(inode),
    }))
    .filter(({ address, port, inode }) => address !== '' && port > 0 && Number.isSafeInteger(inode));
}

function parseAddress(field: string): { readonly address: string; readonly port: number } {
  const [, digits = '', port = ''] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(field) ?? [];
  const bytes = addressBytes(digits);
  return {
    address: bytes.length === 4 ? bytes.join('.') : formatIpv6(bytes),
    port: Number.parseInt(port, 16),
  };
}

/** Each 32 bits are printed as one number of the processor: little-endian on all that Node runs on but s390x. */
function addressBytes(digits: string): readonly number[] {
  const bytes = Buffer.from(digits, 'hex');
  return [...(isLittleEndian ? bytes.swap32() : bytes)];
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** RFC 5952, as URLs have it, but for what stands for an IPv4 address. */
function formatIpv6(bytes: readonly number[]): string {
  if (bytes.length !== 16) return '';
  const digits = Buffer.from(bytes).toString('hex');
  if (digits.startsWith(`${'0'.repeat(20)}ffff`)) return `::ffff:${bytes.slice(12).join('.')}`;
  const groups = digits.match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
