/** New keys for a machine's sshd: two machines with one key could take each other's place. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { BackendError } from '../../backend.ts';
import type { Sight } from './merged-directory.ts';
import { runTool, toolPath } from './tool.ts';

export interface HostKey {
  /** In /etc/ssh; the public half has `.pub` after it. */
  readonly file: string;
  readonly secret: string;
  readonly published: string;
}

export const SSH_DIRECTORY = 'etc/ssh';

/** What sshd looks for by itself: HostKey of sshd_config(5). */
const TYPES = ['rsa', 'ecdsa', 'ed25519'] as const;
export type KeyType = (typeof TYPES)[number];

/** Larger than any key. */
const KEY_LIMIT = 64 * 1024;

function fileOf(type: KeyType): string {
  return `ssh_host_${type}_key`;
}

export const hostKeyPaths: readonly string[] = TYPES.map(pathOf);

/** Of the keys that the machine has as regular files, where `hostKeyPaths` were looked at. */
export function hostKeyTypes({ entries }: Sight): readonly KeyType[] {
  return TYPES.filter((type) => {
    const entry = entries.get(pathOf(type));
    return entry?.type === 'file' && entry.size <= KEY_LIMIT;
  });
}

function pathOf(type: KeyType): string {
  return `${SSH_DIRECTORY}/${fileOf(type)}`;
}

/** @throws BackendError 'unsupported' without ssh-keygen */
export async function makeHostKeys(types: readonly KeyType[], hostname: string): Promise<readonly HostKey[]> {
  if (types.length === 0) return [];
  if (toolPath('ssh-keygen') === undefined) throw missing();
  const folder = await mkdtemp(`${tmpdir()}/tsmachine-keys-`);
  try {
    return await Promise.all(types.map((type) => makeHostKey(type, hostname, folder)));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function makeHostKey(type: KeyType, hostname: string, folder: string): Promise<HostKey> {
  const file = fileOf(type);
  const path = `${folder}/${file}`;
  const words = ['-q', '-t', type, '-N', '', '-C', `root@${hostname}`, '-f', path];
  await runTool('ssh-keygen', words, { action: 'make the key', path });
  const [secret, published] = await Promise.all([readFile(path, 'utf8'), readFile(`${path}.pub`, 'utf8')]);
  return { file, secret, published };
}

/** sshd of most distributions makes keys when it is installed, not when it starts: a machine without keys could not be reached. */
function missing(): BackendError {
  return new BackendError(
    'unsupported',
    'the machine has ssh host keys, and this host has no ssh-keygen to make new ones',
    { hint: 'Install the package openssh-client (openssh on some), or keep the keys with --keep-identity.' },
  );
}
