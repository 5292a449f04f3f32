/** A machine `web` on a fake manager, made as ours or by somebody else, and what can be asked of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineEvent } from '../../../src/machines/events/events.ts';
import type { FakeManagerOptions } from '../../fakes/fake-manager.ts';
import { makeRoot } from '../../fakes/machines-fixture.ts';
import { type ManagedFixture, makeManagedIn } from '../../fakes/managed-in.ts';

export const OURS = '[Exec]\nHostname=web\n\n[X-Tsmachine]\nCreatedAt=2026-01-02T03:04:05.000Z\n';

export interface KeptMachine extends ManagedFixture {
  /** Writes into the machine. */
  write(path: string, text: string): void;
  /** Of an image; undefined if there is no such file. */
  read(image: string, path: string): string | undefined;
  settings(image: string): string | undefined;
  /** What the journal says. */
  told(): readonly MachineEvent[];
  /** All there are, hidden ones too. */
  images(): Promise<readonly string[]>;
}

export function keptMachine(options: FakeManagerOptions & { readonly settings?: string } = {}): KeptMachine {
  const kept = lookAt(makeManagedIn(makeRoot(), options));
  kept.manager.putImage('web', { a: '1', 'etc/hostname': 'web' });
  const { settings = OURS } = options;
  if (settings !== '') writeFileSync(kept.manager.places.settings('web'), settings);
  return kept;
}

/** The same after its command died: what is on disk is there, and nobody runs. */
export function lookAgain({ root }: ManagedFixture): KeptMachine {
  return lookAt(makeManagedIn(root));
}

function lookAt(fixture: ManagedFixture): KeptMachine {
  const { places, images } = fixture.manager;
  const readIfThere = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  return {
    ...fixture,
    write: (path, text) => writeFileSync(join(places.image('web'), path), text),
    read: (image, path) => readIfThere(join(places.image(image), path)),
    settings: (image) => readIfThere(places.settings(image)),
    told: () => [...fixture.managed.domain.journal.read()],
    images: async () => (await images.all()).map(({ name }) => name),
  };
}
