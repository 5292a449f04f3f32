/** The domain on a fake manager, in a folder of its own that is removed after the test. */
import type { FakeManagerOptions } from './fake-manager.ts';
import { makeRoot } from './machines-fixture.ts';
import { type ManagedFixture, makeManagedIn } from './managed-in.ts';

export type { ManagedFixture } from './managed-in.ts';

export function makeManaged(options: FakeManagerOptions = {}, root = makeRoot()): ManagedFixture {
  return makeManagedIn(root, options);
}
