/** The nspawn backend by itself, over the test host's own bus. */
import { afterAll } from 'vitest';
import type { Manager } from '../../../src/backends/manager/machine-manager.ts';
import { createNspawnManager } from '../../../src/backends/nspawn/nspawn-backend.ts';

/** Closed after the file's last test. */
export function withManager(): Manager {
  const manager = createNspawnManager({ environment: process.env, helperPath: '' });
  afterAll(() => manager.close());
  return manager;
}
