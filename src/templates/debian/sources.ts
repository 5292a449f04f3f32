/** Which apt sources a machine is made from, and goes on with. */
import { existsSync } from 'node:fs';
import { TemplateError } from '../template-error.ts';
import { hostSources, type Sources } from './host-sources.ts';
import type { DebianOrder } from './order.ts';

/** @throws TemplateError if the archive's keys are not on this host: nothing is installed that nobody vouches for */
export async function sourcesOf(order: DebianOrder): Promise<Sources> {
  const own = order.mirror === undefined ? await hostSources(order.release) : undefined;
  return own ?? archiveSources(order);
}

function archiveSources({ distribution, release, mirror = distribution.mirror }: DebianOrder): Sources {
  const { keyring, keyringPackage, components, name } = distribution;
  if (!existsSync(keyring)) {
    throw new TemplateError(`the keys of the archive of ${name} are not on this host: ${keyring}`, {
      hint: `install the package ${keyringPackage}`,
    });
  }
  const entry = (uri: string, suite: string) =>
    `deb [signed-by=${keyring}] ${uri} ${suite} ${components.join(' ')}`;
  return {
    entries: suitesOf(distribution, release, mirror).map(([uri, suite]) => entry(uri, suite)),
    stanzas: '',
  };
}

function suitesOf(
  { rolling, securityMirror }: DebianOrder['distribution'],
  release: string,
  mirror: string,
): readonly (readonly [uri: string, suite: string])[] {
  if (rolling.includes(release)) return [[mirror, release]];
  return [
    [mirror, release],
    [mirror, `${release}-updates`],
    [securityMirror ?? mirror, `${release}-security`],
  ];
}
