/** Who a machine is, in its own files: etc/hostname, etc/hosts and etc/machine-id of the upper layer. */
import type { FileHandle } from 'node:fs/promises';
import type { MachineHandle, MachineSpec } from '../../backend.ts';
import { openDirectory, openTop, readSmallFile, replaceFile } from './inside-directory.ts';
import { overlayDirectories } from './overlay.ts';
import { storageError } from './storage-error.ts';

/** Larger than any hosts file that a person keeps. */
const HOSTS_LIMIT = 64 * 1024;
/** Debian's address for a machine's own name. */
const OWN_ADDRESS = '127.0.1.1';

/**
 * Writes the identity files; a hosts file that is already in the upper layer keeps its other lines.
 * @throws BackendError 'failed' or 'permission' when a file cannot be written, also when the machine has put something
 *   else where its /etc belongs
 */
export async function writeIdentity(machine: MachineHandle): Promise<void> {
  const { upper } = overlayDirectories(machine);
  try {
    await withDirectory(openTop(upper), (top) =>
      withDirectory(openDirectory(top, 'etc'), (etc) => writeFiles(etc, machine.spec)),
    );
  } catch (cause) {
    throw storageError('write the identity in', `${upper}/etc`, cause);
  }
}

async function withDirectory(
  opening: Promise<FileHandle>,
  use: (directory: FileHandle) => Promise<void>,
): Promise<void> {
  const directory = await opening;
  try {
    await use(directory);
  } finally {
    await directory.close();
  }
}

async function writeFiles(etc: FileHandle, spec: MachineSpec): Promise<void> {
  const hosts = await readSmallFile(etc, 'hosts', HOSTS_LIMIT);
  await replaceFile(etc, 'machine-id', 0o444, `${spec.machineId}\n`);
  await replaceFile(etc, 'hostname', 0o644, `${spec.hostname}\n`);
  await replaceFile(etc, 'hosts', 0o644, hosts === undefined ? newHosts(spec) : renamedHosts(hosts, spec));
}

function newHosts({ hostname }: MachineSpec): string {
  return [
    '127.0.0.1\tlocalhost',
    `${OWN_ADDRESS}\t${hostname}`,
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'ff02::1\tip6-allnodes',
    'ff02::2\tip6-allrouters',
    '',
  ].join('\n');
}

function renamedHosts(hosts: string, { hostname }: MachineSpec): string {
  const ours = `${OWN_ADDRESS}\t${hostname}`;
  const line = /^127\.0\.1\.1[ \t].*$/m;
  if (line.test(hosts)) return hosts.replace(line, () => ours);
  return `${ours}\n${hosts}`;
}
