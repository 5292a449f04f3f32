/** Which distribution the host is, and whether it has the tools. */
import { readFile } from 'node:fs/promises';

export interface HostSystem {
  /** As os-release(5) says: debian, ubuntu, fedora ... */
  readonly id: string | undefined;
  /** The code name, for example bookworm. */
  readonly release: string | undefined;
}

export async function readHostSystem(path = '/etc/os-release'): Promise<HostSystem> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return { id: field(text, 'ID'), release: field(text, 'VERSION_CODENAME') };
}

function field(text: string, name: string): string | undefined {
  return new RegExp(`^${name}=["']?([A-Za-z0-9._-]+)["']?$`, 'm').exec(text)?.[1];
}
