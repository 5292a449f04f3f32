/**
 * What of the options a person gave is to be made, checked. Every word of it becomes an argument of programs that root runs: no option may be
 * read as another than it is, so what is allowed is listed, and nothing else is.
 */
import { TemplateError } from '../template-error.ts';
import { basePackages } from './base-packages.ts';
import { type Distribution, type DistributionName, distributions, ubuntuReleases } from './distributions.ts';
import type { HostSystem } from './host-system.ts';

/** As mmdebstrap calls them; those without apt, or without what boots, are no machines. */
const variants = ['minbase', 'important', 'standard', 'buildd'] as const;
/** Who is root at the console: whoever opens it, or who knows a password. */
const consoleLogins = ['root', 'password'] as const;

export interface DebianOrder {
  readonly distribution: Distribution;
  readonly release: string;
  readonly variant: (typeof variants)[number];
  /** All that is installed beside the variant, sorted, each once. */
  readonly packages: readonly string[];
  /** Undefined: the host's own sources, or the distribution's mirror. */
  readonly mirror: string | undefined;
  readonly consoleLogin: (typeof consoleLogins)[number];
}

/** @throws TemplateError of usage */
export function orderOf(options: Readonly<Record<string, string>>, host: HostSystem): DebianOrder {
  const names = Object.keys(distributions) as readonly DistributionName[];
  const name = oneOf('distribution', options['distribution'] ?? '', names);
  const distribution = distributions[name];
  const given = options['release'] ?? '';
  return {
    distribution,
    release: given === '' ? defaultRelease(distribution, host) : releaseOf(given, distribution),
    variant: oneOf('variant', options['variant'] ?? '', variants),
    packages: packagesOf(options['packages'] ?? ''),
    mirror: mirrorOf(options['mirror'] ?? ''),
    consoleLogin: oneOf('console-login', options['console-login'] ?? '', consoleLogins),
  };
}

function defaultRelease({ name, defaultRelease }: Distribution, host: HostSystem): string {
  return host.id === name && host.release !== undefined && releaseForm.test(host.release)
    ? host.release
    : defaultRelease;
}

function oneOf<Word extends string>(option: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw refusal(option, value, `is none of ${words.join(', ')}`);
}

const releaseForm = /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/;

function releaseOf(value: string, { name }: Distribution): string {
  if (!releaseForm.test(value)) throw refusal('release', value, 'is no code name, such as bookworm');
  if (name === 'debian' && ubuntuReleases.includes(value)) {
    throw refusal('release', value, 'is a release of Ubuntu', 'add distribution=ubuntu');
  }
  return value;
}

/** Debian policy 5.6.7; at the end a hyphen would tell apt to remove the package, and no name has one there. */
const packageForm = /^[a-z0-9][a-z0-9+.-]{0,98}[a-z0-9+]$/;

function packagesOf(value: string): readonly string[] {
  const added = value.split(/[\s,]+/).filter((word) => word !== '');
  for (const word of added) {
    if (!packageForm.test(word)) throw refusal('packages', word, 'is no name of a package');
  }
  if (added.length > 1000) throw refusal('packages', `${added.length} names`, 'are more than 1000');
  return [...new Set([...basePackages, ...added])].sort();
}

const mirrorForm = /^https?:\/\/[A-Za-z0-9.:[\]-]+(\/[A-Za-z0-9._~%+-]*)*$/;

function mirrorOf(value: string): string | undefined {
  if (value === '') return undefined;
  if (mirrorForm.test(value) && URL.canParse(value)) return value.replace(/\/+$/, '');
  throw refusal(
    'mirror',
    value,
    'is no plain http or https address',
    'write it as http://HOST/PATH, without a user, a password or a query',
  );
}

function refusal(option: string, value: string, why: string, hint?: string): TemplateError {
  return new TemplateError(`${option}=${value} ${why}`, {
    usage: true,
    ...(hint === undefined ? {} : { hint }),
  });
}
