import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from '../../setup/test-run.ts';

/** An empty folder; the run removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(runFolder(), 'contract-'));
}
