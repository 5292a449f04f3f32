/** What of cloud-init's user data there is here: names and meanings are those of its module reference. */
import * as v from 'valibot';
import { hostname } from '../config/config-schema.ts';

/** Longer ones are no commands that a person writes, and more than a shell takes at once. */
const LONGEST_TEXT = 64 * 1024;

const text = v.pipe(v.string(), v.maxLength(LONGEST_TEXT), v.regex(/^[^\0]*$/, 'a NUL is in it'));
const line = v.pipe(text, v.regex(/^[^\n\r]*$/, 'more than one line'));
const userName = v.pipe(line, v.regex(/^[a-z_][a-z0-9_-]{0,30}\$?$/, 'no name that a user can have'));
const absolute = v.pipe(
  line,
  v.maxLength(4000),
  v.check((path) => path.startsWith('/') && !path.split('/').includes('..'), 'not an absolute path'),
);
const listOf = <T extends v.GenericSchema>(one: T) => v.pipe(v.array(one), v.maxLength(1000));
/** cloud-init takes `a, b` for a list too. */
const names = v.union([
  listOf(userName),
  v.pipe(
    line,
    v.transform((words) => words.split(/[, ]+/).filter((word) => word !== '')),
    listOf(userName),
  ),
]);
const sshKey = v.pipe(
  line,
  v.trim(),
  v.regex(/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+ [A-Za-z0-9+/]+=*( .*)?$/, 'no public key of ssh'),
);
const packageName = v.pipe(line, v.regex(/^[A-Za-z0-9][A-Za-z0-9+.:_~=@/-]*$/, 'no name of a package'));
const permissions = v.pipe(
  v.string('write it in quotes: "0644"'),
  v.regex(/^0?[0-7]{3,4}$/, 'no octal mode'),
);
const hash = v.pipe(line, v.regex(/^(\$[\w.,$/+=-]+|[!*])$/, 'no hash as of `openssl passwd -6`'));

export const userSchema = v.strictObject({
  name: userName,
  gecos: v.optional(v.pipe(line, v.regex(/^[^:]*$/, 'a colon is in it'))),
  shell: v.optional(v.pipe(absolute, v.regex(/^[^:]*$/, 'a colon is in it'))),
  homedir: v.optional(v.pipe(absolute, v.regex(/^[^:]*$/, 'a colon is in it'))),
  uid: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_533))),
  groups: v.optional(names),
  sudo: v.optional(v.nullable(v.union([v.literal(false), line, listOf(line)]))),
  ssh_authorized_keys: v.optional(listOf(sshKey)),
  lock_passwd: v.optional(v.boolean()),
  passwd: v.optional(hash),
  hashed_passwd: v.optional(hash),
});

export const fileSchema = v.strictObject({
  path: absolute,
  content: v.optional(v.pipe(v.string(), v.maxLength(2 ** 20))),
  encoding: v.optional(
    v.picklist([
      'b64',
      'base64',
      'gz',
      'gzip',
      'gz+b64',
      'gz+base64',
      'gzip+b64',
      'gzip+base64',
      'text/plain',
    ]),
  ),
  permissions: v.optional(permissions),
  owner: v.optional(v.pipe(line, v.regex(/^[\w.-]+(:[\w.-]+)?$/, 'no user:group'))),
  append: v.optional(v.boolean()),
  defer: v.optional(v.boolean()),
});

const zone = v.pipe(
  line,
  v.regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, 'no time zone such as Europe/Berlin'),
);

export const userDataSchema = v.strictObject({
  hostname: v.optional(hostname),
  fqdn: v.optional(hostname),
  users: v.optional(listOf(v.union([v.literal('default'), userSchema]))),
  ssh_authorized_keys: v.optional(listOf(sshKey)),
  packages: v.optional(listOf(packageName)),
  package_update: v.optional(v.boolean()),
  write_files: v.optional(listOf(fileSchema)),
  runcmd: v.optional(listOf(v.union([text, v.pipe(listOf(text), v.minLength(1))]))),
  timezone: v.optional(zone),
  locale: v.optional(v.pipe(line, v.regex(/^[\w.@-]+$/, 'no locale such as de_DE.UTF-8'))),
});

export type UserData = v.InferOutput<typeof userDataSchema>;
export type User = v.InferOutput<typeof userSchema>;
export type WrittenFile = v.InferOutput<typeof fileSchema>;
