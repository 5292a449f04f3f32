import { describe, expect, it } from 'vitest';
import { debian } from '../../../src/templates/debian/debian.ts';
import { distributions } from '../../../src/templates/debian/distributions.ts';
import type { DebianOrder } from '../../../src/templates/debian/order.ts';
import { sourcesOf } from '../../../src/templates/debian/sources.ts';
import { findTemplate } from '../../../src/templates/registry.ts';
import { scratchFile } from '../fake-host.ts';
import { prepareContext } from '../template-context.ts';

/** A distribution whose keys are on every host, so that these tests do not depend on this one. */
const distribution = { ...distributions.debian, keyring: scratchFile('keys.gpg', '') };
const order: DebianOrder = {
  distribution,
  release: 'trixie',
  variant: 'minbase',
  packages: [],
  mirror: 'https://mirror.example/debian',
  consoleLogin: 'root',
};

describe('the debian template', () => {
  it('is registered', () => {
    expect(findTemplate('debian')).toBe(debian);
  });

  it('refuses options that cannot be before an image is looked for', async () => {
    const defaults = Object.fromEntries(debian.options.map(({ name, default: value }) => [name, value]));
    const { context } = prepareContext({ ...defaults, packages: '--simulate' });
    await expect(debian.imageKey(context)).rejects.toMatchObject({ usage: true });
  });
});

describe('the sources of a mirror', () => {
  it('are signed by the archive, and have its updates', async () => {
    const { entries } = await sourcesOf(order);
    const signed = `deb [signed-by=${distribution.keyring}]`;
    expect(entries).toEqual([
      `${signed} https://mirror.example/debian trixie main`,
      `${signed} https://mirror.example/debian trixie-updates main`,
      `${signed} http://deb.debian.org/debian-security trixie-security main`,
    ]);
  });

  it('have no updates where the release itself changes', async () => {
    expect((await sourcesOf({ ...order, release: 'sid' })).entries).toHaveLength(1);
  });

  it('are none where the keys of the archive are not on the host: the package that brings them is named', async () => {
    const ubuntu = { ...distributions.ubuntu, keyring: '/nowhere/ubuntu.gpg' };
    await expect(sourcesOf({ ...order, distribution: ubuntu })).rejects.toMatchObject({
      message: expect.stringContaining('/nowhere/ubuntu.gpg'),
      hint: 'install the package ubuntu-keyring',
    });
  });
});
