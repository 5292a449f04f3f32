import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { BackendError } from '../../../backend.ts';
import type { Fitness } from '../driver.ts';
import { runTool } from '../tool.ts';

/** Always fit; what differs is what a copy costs. FICLONE is tried, since no file system says whether it has it. */
export async function examineCopies(root: string): Promise<Fitness> {
  if (!existsSync(root))
    return { works: true, detail: 'works; copies are tried when there is a root folder' };
  return { works: true, detail: await describeCopies(root) };
}

async function describeCopies(root: string): Promise<string> {
  let folder: string;
  try {
    folder = await mkdtemp(`${root}/.copy-`);
  } catch (error) {
    return untried(error);
  }
  try {
    await writeFile(`${folder}/a`, 'x'.repeat(8192));
    await runTool('cp', ['--reflink=always', `${folder}/a`, `${folder}/b`], {
      action: 'clone',
      path: folder,
    });
    return 'works; copies share their blocks (reflink)';
  } catch (error) {
    if (!(error instanceof BackendError)) return untried(error);
    return 'works; each snapshot and clone is a full copy (no reflink here; btrfs and xfs have it)';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A full or read-only disk is told by another finding. */
function untried(error: unknown): string {
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return `works; how it copies cannot be tried: ${why}`;
}
