/** The domain on a fake backend, in a folder of its own that is removed after the test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type MachinesFixture, makeMachinesIn } from './machines-in.ts';

export { type MachinesFixture, pullRequest, request } from './machines-in.ts';

export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'tsmachine-domain-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

export function makeMachines(root = makeRoot(), lockWaitMs = 5000): MachinesFixture {
  return makeMachinesIn(root, lockWaitMs);
}
