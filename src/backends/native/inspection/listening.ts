/** What waits for connections in a machine, and which of its processes has it. */
import type { ListeningSocket, SocketOwner } from '../../inspection.ts';
import { openPid, type ProcessFiles } from './process-files.ts';
import { parseListening, type SocketProtocol, type TableSocket } from './socket-table.ts';

const PROTOCOLS: readonly SocketProtocol[] = ['tcp', 'tcp6', 'udp', 'udp6'];
/** A machine may have a million descriptors: then some owners are not told. */
const MOST_DESCRIPTORS = 20_000;

export interface Listening {
  readonly sockets: readonly ListeningSocket[];
  /** False: there are more sockets. */
  readonly whole: boolean;
  /** False: there were too many descriptors to look at, and an owner may be missing for that. */
  readonly ownersWhole: boolean;
}

/** @param processes of the machine, asked for only if something listens */
export function readListening(
  init: ProcessFiles,
  processes: () => readonly number[],
  procRoot: string,
): Listening {
  const tables = PROTOCOLS.map((protocol) => ({ protocol, ...init.read(`net/${protocol}`) }));
  const found = tables.flatMap(({ protocol, text }) => parseListening(text, protocol));
  const search = findOwners(found, init.inode('ns/net'), found.length === 0 ? [] : processes(), procRoot);
  return {
    sockets: found.map(({ protocol, address, port, inode }) => ({
      protocol,
      address,
      port,
      process: search.owners.get(inode) ?? null,
    })),
    whole: tables.every(({ whole }) => whole),
    ownersWhole: search.whole,
  };
}

interface OwnerSearch {
  readonly owners: ReadonlyMap<number, SocketOwner>;
  readonly whole: boolean;
}

/** Inodes of sockets are of one network namespace, and a pid may be somebody else's by now: only who is in it counts. */
function findOwners(
  sockets: readonly TableSocket[],
  network: number | undefined,
  pids: readonly number[],
  procRoot: string,
): OwnerSearch {
  const wanted = new Set(sockets.map(({ inode }) => inode).filter((inode) => inode > 0));
  const owners = new Map<number, SocketOwner>();
  let looked = 0;
  for (const pid of pids) {
    if (owners.size === wanted.size) break;
    if (looked >= MOST_DESCRIPTORS) return { owners, whole: false };
    const files = openPid(pid, procRoot);
    if (files === undefined) continue;
    if (files.inode('ns/net') === network) looked += noteSockets(files, pid, wanted, owners);
    files.close();
  }
  return { owners, whole: true };
}

/** Returns how many descriptors were looked at. */
function noteSockets(
  files: ProcessFiles,
  pid: number,
  wanted: ReadonlySet<number>,
  owners: Map<number, SocketOwner>,
): number {
  const descriptors = files.list('fd').slice(0, MOST_DESCRIPTORS);
  for (const descriptor of descriptors) {
    const inode = socketInode(files.link(`fd/${descriptor}`));
    if (inode === undefined || !wanted.has(inode) || owners.has(inode)) continue;
    owners.set(inode, ownerOf(files, pid));
  }
  return descriptors.length;
}

/** `socket:[12345]` */
export function socketInode(link: string | undefined): number | undefined {
  const digits = /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** NSpid of proc_pid_status(5): the pid in each namespace from ours inwards; the second is the machine's. */
function ownerOf(files: ProcessFiles, pid: number): SocketOwner {
  const inside = /^NSpid:\s+\d+\s+(\d+)/m.exec(files.read('status').text)?.[1];
  return {
    pid,
    insidePid: inside === undefined ? null : Number(inside),
    name: files.read('comm').text.replace(/\n$/, ''),
  };
}
