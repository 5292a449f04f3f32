/** The domain on a fake manager, in a given folder; usable outside a test runner. */
import { join } from 'node:path';
import type { Machines } from '../../src/machines/machines.ts';
import type { ManagedDomain } from '../../src/machines/managed/managed-domain.ts';
import { openManaged } from '../../src/machines/managed/open-managed.ts';
import { makeDomain } from '../../src/machines/open-machines.ts';
import { createFakeBackend } from './fake-backend.ts';
import { createFakeLater, type FakeLater } from './fake-later.ts';
import { createFakeManager, type FakeManager, type FakeManagerOptions } from './fake-manager.ts';
import { createFakeTemplate, type FakeTemplate } from './fake-template.ts';
import { flock } from './flock.ts';

export interface ManagedFixture {
  readonly machines: Machines;
  readonly managed: ManagedDomain;
  readonly manager: FakeManager;
  readonly template: FakeTemplate;
  readonly later: FakeLater;
  readonly root: string;
}

export function makeManagedIn(root: string, options: FakeManagerOptions = {}): ManagedFixture {
  const manager = createFakeManager(root, options);
  const template = createFakeTemplate();
  const later = createFakeLater();
  const domain = makeDomain({
    backend: createFakeBackend(root),
    root,
    runRoot: join(root, 'run'),
    templates: [template],
    lock: flock,
    later,
  });
  const managed = { manager: async () => manager, domain };
  return { machines: openManaged(managed), managed, manager, template, later, root };
}
