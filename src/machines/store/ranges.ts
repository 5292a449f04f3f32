/** Id ranges by the name of who has them: a machine, or an entry of the trash. */
import type { Domain } from '../domain.ts';

export async function releaseRanges({ backend }: Domain, name: string): Promise<void> {
  for (const range of await backend.idRangesOf(name)) {
    await backend.releaseIdRange(range, name);
  }
}

/** May be repeated. */
export async function renameRanges({ backend }: Domain, name: string, newName: string): Promise<void> {
  for (const range of await backend.idRangesOf(name)) {
    await backend.renameIdRange(range, name, newName);
  }
}
