/** User data as a person writes it: cloud-init's YAML, a script, or single settings. Loaded by who makes a machine with some. */
import * as v from 'valibot';
import { parse } from 'yaml';
import { MachineError } from '../errors.ts';
import type { UserDataRequest } from '../machines.ts';
import { type UserData, userDataSchema } from './user-data-schema.ts';

export interface GivenUserData {
  readonly data: UserData;
  /** What begins with `#!`: run once, after all else. */
  readonly script: string | undefined;
}

/** Of characters; cloud-init's own sources take far less. */
const LONGEST = 2 * 2 ** 20;
/** An alias of aliases would be a memory full of text: cloud-init's examples have none. */
const MOST_ALIASES = 100;

/** @throws MachineError `usage` that names what is wrong or not supported */
export function readUserData({ text, settings }: UserDataRequest): GivenUserData {
  const script = text?.startsWith('#!') === true ? text : undefined;
  if ((text?.length ?? 0) > LONGEST) throw refused('it is too long');
  const written = text === undefined || script !== undefined ? {} : parseYaml(text);
  return { data: checked({ ...written, ...fromSettings(settings) }), script };
}

function parseYaml(text: string): Readonly<Record<string, unknown>> {
  const [first = ''] = text.split('\n', 1);
  if (first.trim() !== '#cloud-config') {
    throw refused(`it begins with ${JSON.stringify(first.slice(0, 40))}, and not with #cloud-config or #!`);
  }
  let value: unknown;
  try {
    // What cloud-init reads it with knows this version: `no` is no text there.
    value = parse(text, { version: '1.1', maxAliasCount: MOST_ALIASES, logLevel: 'error' });
  } catch (cause) {
    throw refused(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'it is no YAML', cause);
  }
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw refused('it is no mapping of names to values');
  return value as Readonly<Record<string, unknown>>;
}

/** Words of a command line: lists have commas or lines between their members. */
const SETTINGS: Readonly<Record<string, (value: string) => unknown>> = {
  hostname: (value) => value,
  ssh_authorized_keys: (value) => value.split('\n').filter((key) => key.trim() !== ''),
  packages: (value) => value.split(/[, ]+/).filter((name) => name !== ''),
  package_update: (value) => value === 'true',
  runcmd: (value) => [value],
  timezone: (value) => value,
  locale: (value) => value,
};

function fromSettings(settings: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const read = SETTINGS[name];
      if (read === undefined) {
        throw new MachineError('usage', `user-data.${name} cannot be set by itself`, {
          subject: `user-data.${name}`,
          hint: `these can: ${Object.keys(SETTINGS).join(', ')}; all else stands in a file: --user-data FILE`,
        });
      }
      return [name, read(value)];
    }),
  );
}

function checked(value: Readonly<Record<string, unknown>>): UserData {
  const unknown = Object.keys(value).filter((key) => !(key in userDataSchema.entries));
  if (unknown.length > 0) throw refused(`not supported: ${unknown.slice(0, 20).join(', ')}`);
  const result = v.safeParse(userDataSchema, value);
  if (result.success) return result.output;
  throw refused(result.issues.slice(0, 5).map(issueWords).join('; '));
}

function issueWords(issue: v.BaseIssue<unknown>): string {
  // Of one that fits none of several kinds, what is wrong as the kind that it is nearest to.
  const inner = issue.issues?.findLast(({ path }) => path !== undefined) ?? issue.issues?.at(-1);
  const where = [v.getDotPath(issue), inner === undefined ? null : v.getDotPath(inner)]
    .filter((part) => part !== null && part !== '')
    .join('.');
  const { type, message } = inner ?? issue;
  return type === 'strict_object' ? `not supported: ${where}` : `${where}: ${message}`;
}

function refused(why: string, cause?: unknown): MachineError {
  return new MachineError('usage', `user data: ${why}`, {
    subject: 'user-data',
    hint: `known are ${Object.keys(userDataSchema.entries).join(', ')} (docs/templates.md); nothing was made`,
    cause,
  });
}
