/** Who is connected to a machine's monitor: /proc/net/unix, proc_pid_net(5). */
import { readFileSync } from 'node:fs';
import type { ProcessId } from '../life/process-stat.ts';
import { socketInode } from './listening.ts';
import { openProcess } from './process-files.ts';

/** SS_CONNECTED of linux/net.h. */
const CONNECTED = '03';
const SOCKET_NAME = '/console.sock';

/** An accepted socket has the name of the one that listens. Null if the monitor is gone. */
export function countMonitorClients(monitor: ProcessId, procRoot: string): number | null {
  const files = openProcess(monitor, procRoot);
  if (files === undefined) return null;
  const own = files.list('fd').map((fd) => socketInode(files.link(`fd/${fd}`)));
  files.close();
  const connected = parseConnected(readTable(`${procRoot}/net/unix`));
  return own.filter((inode) => inode !== undefined && connected.has(inode)).length;
}

/** Inodes of connected sockets of that name. */
export function parseConnected(table: string): ReadonlySet<number> {
  return new Set(
    table
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , , , state, , path]) => state === CONNECTED && path?.endsWith(SOCKET_NAME))
      .map((fields) => Number(fields[6])),
  );
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
