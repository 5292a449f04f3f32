/** User data as steps, in the order in which they are done. Pure. */
import { gunzipSync } from 'node:zlib';
import { MachineError } from '../errors.ts';
import * as scripts from './scripts.ts';
import type { GivenUserData } from './user-data.ts';
import type { User, UserData, WrittenFile } from './user-data-schema.ts';

export interface FirstBootStep {
  /** For people: "user alice". */
  readonly name: string;
  /** `before-init`: while nothing runs yet but a shell that waits; `after-boot`: when init has booted. */
  readonly phase: 'before-init' | 'after-boot';
  readonly argv: readonly [string, ...string[]];
}

/** Of what one argument may have, in base64. */
const CHUNK_BYTES = 60_000;
const LARGEST_FILE = 4 * 2 ** 20;

type Phase = FirstBootStep['phase'];

/** @throws MachineError `usage` for a file's content that is not what its encoding says */
export function stepsOf({ data, script }: GivenUserData): readonly FirstBootStep[] {
  const files = data.write_files ?? [];
  const early = files.filter(({ defer }) => defer !== true);
  const late = files.filter(({ defer }) => defer === true);
  return [
    ...oneOf('before-init', 'time zone', scripts.SET_ZONE, data.timezone),
    ...oneOf('before-init', 'locale', scripts.SET_LOCALE, data.locale),
    ...(data.users ?? []).flatMap((user) => (user === 'default' ? [] : userSteps(user))),
    ...keySteps('root', data.ssh_authorized_keys),
    ...early.flatMap((file) => fileSteps('before-init', file)),
    ...lateSteps(data, late, script),
  ];
}

function lateSteps(
  data: UserData,
  files: readonly WrittenFile[],
  script: string | undefined,
): readonly FirstBootStep[] {
  const steps = [
    ...packageSteps(data),
    ...files.flatMap((file) => fileSteps('after-boot', file)),
    ...(data.runcmd === undefined ? [] : scriptSteps('runcmd', commandScript(data.runcmd))),
    ...(script === undefined ? [] : scriptSteps('script', script)),
  ];
  return steps.length === 0 ? [] : [shell('after-boot', 'boot', scripts.WAIT_FOR_BOOT), ...steps];
}

function userSteps(user: User): readonly FirstBootStep[] {
  const { name, gecos = '', shell: login = '', homedir = `/home/${name}`, uid, groups = [], sudo } = user;
  const hash = user.hashed_passwd ?? user.passwd ?? '';
  const lock = user.lock_passwd === false ? '' : 'lock';
  const about = [name, gecos, login, homedir, uid === undefined ? '' : String(uid), hash, lock, ...groups];
  const rules = typeof sudo === 'string' ? [sudo] : Array.isArray(sudo) ? sudo : [];
  return [
    shell('before-init', `user ${name}`, scripts.ADD_USER, ...about),
    ...(rules.length === 0
      ? []
      : [shell('before-init', `sudo of ${name}`, scripts.ADD_SUDO, name, ...rules)]),
    ...keySteps(name, user.ssh_authorized_keys),
  ];
}

function keySteps(name: string, keys: readonly string[] = []): readonly FirstBootStep[] {
  return keys.length === 0
    ? []
    : [shell('before-init', `ssh keys of ${name}`, scripts.ADD_KEYS, name, ...keys)];
}

function packageSteps({ packages = [], package_update: update = false }: UserData): readonly FirstBootStep[] {
  if (packages.length === 0 && !update) return [];
  return [onConsole('packages', ['/bin/sh', '-c', scripts.INSTALL, 'sh', ...packages])];
}

/** As cloud-init does it: one script of all, whose exit code is that of the last one. */
function commandScript(commands: NonNullable<UserData['runcmd']>): string {
  const lines = commands.map((one) => (typeof one === 'string' ? one : one.map(quoted).join(' ')));
  return `#!/bin/sh\n${lines.join('\n')}\n`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function scriptSteps(name: string, content: string): readonly FirstBootStep[] {
  const path = `${scripts.RUN_FOLDER}/${name}`;
  return [...fileSteps('after-boot', { path, content, permissions: '0700' }), onConsole(name, [path])];
}

function fileSteps(phase: Phase, file: WrittenFile): readonly FirstBootStep[] {
  const { path, permissions = '0644', owner = 'root:root', append = false } = file;
  const content = contentOf(file);
  const count = Math.max(1, Math.ceil(content.length / CHUNK_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const chunk = content.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES).toString('base64');
    const [first, last] = [index === 0 ? 'first' : '', index === count - 1 ? 'last' : ''];
    const about = [first, last, permissions, owner, append ? 'append' : ''];
    return shell(phase, `file ${path}`, scripts.WRITE_FILE, path, chunk, ...about);
  });
}

function contentOf({ path, content = '', encoding = 'text/plain' }: WrittenFile): Buffer {
  const encoded = Buffer.from(
    content,
    encoding.includes('b') && encoding !== 'text/plain' ? 'base64' : 'utf8',
  );
  if (!encoding.startsWith('gz')) return encoded;
  try {
    return gunzipSync(encoded, { maxOutputLength: LARGEST_FILE });
  } catch (cause) {
    throw new MachineError('usage', `user data: the content of ${path} is no gzip, or more than 4 MiB`, {
      subject: path,
      hint: '`gzip -c FILE | base64 -w0` makes what gz+b64 means',
      cause,
    });
  }
}

function oneOf(
  phase: Phase,
  name: string,
  script: string,
  value: string | undefined,
): readonly FirstBootStep[] {
  return value === undefined ? [] : [shell(phase, name, script, value)];
}

function onConsole(name: string, command: readonly string[]): FirstBootStep {
  return shell('after-boot', name, scripts.ON_CONSOLE, ...command);
}

function shell(phase: Phase, name: string, script: string, ...args: readonly string[]): FirstBootStep {
  return { name, phase, argv: ['/bin/sh', '-c', script, 'sh', ...args] };
}
