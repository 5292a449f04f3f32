/** Who a machine is, in its own files: etc/hostname, etc/hosts, etc/machine-id, and the host keys of its sshd. */
import { fsyncSync } from 'node:fs';
import type { Identity as WholeIdentity } from '../../backend.ts';
import { replaceFile } from './inside-directory.ts';
import { inTop, lookAt, readSeen, type Sight, type Stack } from './merged-directory.ts';
import { type HostKey, hostKeyPaths, hostKeyTypes, makeHostKeys, SSH_DIRECTORY } from './ssh-host-keys.ts';
import { storageError } from './storage-error.ts';

const HOSTS = 'etc/hosts';
/** Larger than any hosts file that a person keeps. */
const HOSTS_LIMIT = 64 * 1024;
/** Debian's address for a machine's own name. */
const OWN_ADDRESS = '127.0.1.1';

/** Without a machine-id: the file stays what it is, or is not. */
export type Identity = Pick<WholeIdentity, 'hostname'> & Partial<WholeIdentity>;

/** Whether a file goes to the disk by itself, or with all that is staged with it. */
type Settle = (fd: number) => void;
const withTheStaged: Settle = () => {};

/**
 * Writes the identity files of a new machine that is staged: the hosts file is ours, whatever its image has.
 * @throws BackendError 'failed' or 'permission' when a file cannot be written, also when something else is where /etc belongs
 */
export async function writeNewIdentity(helperPath: string, spec: Identity, stack: Stack): Promise<void> {
  await inMachine(stack, 'etc', async () => {
    const sight = await lookAt(helperPath, stack, ['etc']);
    inTop(sight, 'etc', (etc) => writeFiles(etc, spec, undefined, withTheStaged));
  });
}

/** The same for one that has lived, on disk when it resolves: its hosts file keeps its other lines. */
export async function writeIdentity(helperPath: string, spec: Identity, stack: Stack): Promise<void> {
  await inMachine(stack, 'etc', async () =>
    rewriteFiles(await lookAt(helperPath, stack, ['etc', HOSTS]), spec, fsyncSync),
  );
}

/**
 * Makes a copy of a machine that is staged somebody else: its identity files, and a new key for each host key that it has.
 * @throws BackendError as writeIdentity; 'unsupported' if it has host keys and the host has no ssh-keygen: nothing is changed then
 */
export async function renewIdentity(helperPath: string, spec: Identity, stack: Stack): Promise<void> {
  const sight = await inMachine(stack, 'etc/ssh', () =>
    lookAt(helperPath, stack, ['etc', HOSTS, SSH_DIRECTORY, ...hostKeyPaths]),
  );
  const keys = await makeHostKeys(hostKeyTypes(sight), spec.hostname);
  await inMachine(stack, 'etc', async () => rewriteFiles(sight, spec, withTheStaged));
  if (keys.length === 0) return;
  await inMachine(stack, SSH_DIRECTORY, async () =>
    inTop(sight, SSH_DIRECTORY, (ssh) => writeKeys(ssh, keys)),
  );
}

async function inMachine<T>(stack: Stack, what: string, deed: () => Promise<T>): Promise<T> {
  try {
    return await deed();
  } catch (cause) {
    throw storageError('write the identity in', `${stack[0]}/${what}`, cause);
  }
}

function rewriteFiles(sight: Sight, spec: Identity, settle: Settle): void {
  const hosts = readSeen(sight, HOSTS, HOSTS_LIMIT);
  inTop(sight, 'etc', (etc) => writeFiles(etc, spec, hosts, settle));
}

function writeFiles(etc: number, spec: Identity, hosts: string | undefined, settle: Settle): void {
  const text = hosts === undefined ? newHosts(spec) : renamedHosts(hosts, spec);
  if (spec.machineId !== undefined) {
    replaceFile(etc, 'machine-id', { mode: 0o444, text: `${spec.machineId}\n` }, settle);
  }
  replaceFile(etc, 'hostname', { mode: 0o644, text: `${spec.hostname}\n` }, settle);
  replaceFile(etc, 'hosts', { mode: 0o644, text }, settle);
  settle(etc);
}

function writeKeys(ssh: number, keys: readonly HostKey[]): void {
  for (const { file, secret, published } of keys) {
    replaceFile(ssh, file, { mode: 0o600, text: secret }, withTheStaged);
    replaceFile(ssh, `${file}.pub`, { mode: 0o644, text: published }, withTheStaged);
  }
}

function newHosts({ hostname }: Identity): string {
  return [
    '127.0.0.1\tlocalhost',
    `${OWN_ADDRESS}\t${hostname}`,
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'ff02::1\tip6-allnodes',
    'ff02::2\tip6-allrouters',
    '',
  ].join('\n');
}

function renamedHosts(hosts: string, { hostname }: Identity): string {
  const ours = `${OWN_ADDRESS}\t${hostname}`;
  const line = /^127\.0\.1\.1[ \t].*$/m;
  if (line.test(hosts)) return hosts.replace(line, () => ours);
  return `${ours}\n${hosts}`;
}
