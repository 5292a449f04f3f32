import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Everything that a test run makes on the host (folders, cgroups) carries this mark in its name, so that whatever
 * mentions it afterwards is a leftover of ours, and nothing else on the host is looked at or touched.
 * Workers inherit the run's mark from the process that started them.
 */
export function runMark(): string {
  // Padded, so that no run's mark begins with another's.
  process.env['TSMACHINE_TEST_RUN'] ??= `tsmtest-${String(process.pid).padStart(7, '0')}`;
  return process.env['TSMACHINE_TEST_RUN'];
}

/** The folder that holds all files of this run. Made on first use; removed by the global tear-down. */
export function runFolder(): string {
  const folder = join(tmpdir(), runMark());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Where busybox.ts puts the one busybox of the run. */
export function busyboxFolder(): string {
  return join(runFolder(), 'busybox');
}
