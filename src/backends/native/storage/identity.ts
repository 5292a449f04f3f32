/** Who a machine is, in its own files: etc/hostname, etc/hosts, etc/machine-id, and the host keys of its sshd. */
import type { FileHandle } from 'node:fs/promises';
import type { MachineSpec } from '../../backend.ts';
import { replaceFile } from './inside-directory.ts';
import { inTop, readMerged, type Stack } from './merged-directory.ts';
import { findHostKeyTypes, type HostKey, makeHostKeys, SSH_DIRECTORIES } from './ssh-host-keys.ts';
import { storageError } from './storage-error.ts';

/** Larger than any hosts file that a person keeps. */
const HOSTS_LIMIT = 64 * 1024;
/** Debian's address for a machine's own name. */
const OWN_ADDRESS = '127.0.1.1';

/**
 * Writes the identity files of a new machine: the hosts file is ours, whatever its image has.
 * @throws BackendError 'failed' or 'permission' when a file cannot be written, also when something else is where /etc belongs
 */
export async function writeNewIdentity(helperPath: string, spec: MachineSpec, stack: Stack): Promise<void> {
  await inMachine(stack, 'etc', () =>
    inTop(helperPath, stack, ['etc'], (etc) => writeFiles(etc, spec, undefined)),
  );
}

/** The same for one that has lived: its hosts file keeps its other lines. */
export async function writeIdentity(helperPath: string, spec: MachineSpec, stack: Stack): Promise<void> {
  await inMachine(stack, 'etc', async () => {
    const [hosts] = await readMerged(helperPath, stack, ['etc/hosts'], HOSTS_LIMIT);
    await inTop(helperPath, stack, ['etc'], (etc) => writeFiles(etc, spec, hosts));
  });
}

/**
 * Makes a copy of a machine somebody else: its identity files, and a new key for each host key that it has.
 * @throws BackendError as writeIdentity; 'unsupported' if it has host keys and the host has no ssh-keygen: nothing is changed then
 */
export async function renewIdentity(helperPath: string, spec: MachineSpec, stack: Stack): Promise<void> {
  const types = await inMachine(stack, 'etc/ssh', () => findHostKeyTypes(helperPath, stack));
  const keys = await makeHostKeys(types, spec.hostname);
  await writeIdentity(helperPath, spec, stack);
  if (keys.length === 0) return;
  await inMachine(stack, 'etc/ssh', () =>
    inTop(helperPath, stack, SSH_DIRECTORIES, (ssh) => writeKeys(ssh, keys)),
  );
}

async function inMachine<T>(stack: Stack, what: string, deed: () => Promise<T>): Promise<T> {
  try {
    return await deed();
  } catch (cause) {
    throw storageError('write the identity in', `${stack[0]}/${what}`, cause);
  }
}

async function writeFiles(etc: FileHandle, spec: MachineSpec, hosts: string | undefined): Promise<void> {
  await replaceFile(etc, 'machine-id', 0o444, `${spec.machineId}\n`);
  await replaceFile(etc, 'hostname', 0o644, `${spec.hostname}\n`);
  await replaceFile(etc, 'hosts', 0o644, hosts === undefined ? newHosts(spec) : renamedHosts(hosts, spec));
}

async function writeKeys(ssh: FileHandle, keys: readonly HostKey[]): Promise<void> {
  for (const { file, secret, published } of keys) {
    await replaceFile(ssh, file, 0o600, secret);
    await replaceFile(ssh, `${file}.pub`, 0o644, published);
  }
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
