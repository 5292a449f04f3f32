/** One static busybox for all machines of a run, found or fetched as the template does it: a bare host has none. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findBinary } from '../../src/templates/busybox/find-binary.ts';
import { busyboxFolder } from './test-run.ts';

/** Once a run, before any worker starts. */
export async function setup(): Promise<void> {
  const folder = busyboxFolder();
  const workDirectory = join(folder, 'work');
  if (existsSync(workDirectory)) return;
  mkdirSync(workDirectory, { recursive: true });
  const { signal } = new AbortController();
  try {
    const never = () => Promise.reject(new Error('busybox is no tree of others'));
    const binary = await findBinary({
      options: {},
      workDirectory,
      storeDirectories: [],
      progress: console.log,
      fileProgress: () => {},
      trees: { unpackTree: never, surveyTree: never, copyTree: never, removeTree: never },
      signal,
    });
    symlinkSync(binary, join(folder, 'busybox'));
  } catch (error) {
    // Tests that make no machine can do without.
    console.error(error instanceof Error ? error.message : error);
  }
}
