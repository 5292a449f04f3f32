import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../src/machines/first-boot/steps.ts';
import { readUserData } from '../../../src/machines/first-boot/user-data.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@here';
const read = (text: string | undefined, settings: Record<string, string> = {}) =>
  readUserData({ text, settings });
const config = (...lines: readonly string[]) => read(['#cloud-config', ...lines].join('\n'));
const named = (text: string) => stepsOf(config(text)).map(({ name, phase }) => `${phase} ${name}`);

describe('user data', () => {
  it('is read as cloud-init reads it: its YAML knows yes and no', () => {
    const { data } = config(
      'package_update: yes',
      'hostname: web',
      'users: [default, {name: a, lock_passwd: no}]',
    );
    expect(data).toMatchObject({
      package_update: true,
      hostname: 'web',
      users: ['default', { lock_passwd: false }],
    });
  });

  it('may be a script', () => {
    const given = read('#!/bin/sh\nexit 0\n');
    expect(given).toEqual({ data: {}, script: '#!/bin/sh\nexit 0\n' });
    expect(stepsOf(given).map(({ name }) => name)).toEqual([
      'boot',
      'file /var/lib/tsmachine/first-boot/script',
      'script',
    ]);
  });

  it('may come in parts, which count more than the file', () => {
    const text = '#cloud-config\ntimezone: UTC\nhostname: a';
    const { data } = read(text, { hostname: 'b', packages: 'x, y', ssh_authorized_keys: `${KEY}\n` });
    expect(data).toEqual({
      timezone: 'UTC',
      hostname: 'b',
      packages: ['x', 'y'],
      ssh_authorized_keys: [KEY],
    });
    expect(() => read(undefined, { write_files: 'x' })).toThrow(/user-data.write_files/);
  });

  it.each([
    [
      'keys that are not supported, all of them by name',
      'apt: {}\nbootcmd: []',
      /not supported: apt, bootcmd/,
    ],
    [
      'those of a user',
      'users: [{name: a, plain_text_passwd: b}]',
      /not supported: users.0.plain_text_passwd/,
    ],
    [
      'a file that is not said in full',
      'write_files: [{path: etc/x}]',
      /write_files.0.path: not an absolute/,
    ],
    ['a way out of a directory', 'write_files: [{path: /etc/../x}]', /write_files.0.path/],
    ['a mode that YAML would change', 'write_files: [{path: /x, permissions: 0644}]', /in quotes/],
    ['a user whose name is none', 'users: [{name: "a:b"}]', /users.0.name/],
    ['what breaks out of a line of passwd', 'users: [{name: a, gecos: "x:0:0"}]', /colon/],
    ['a key that is none', 'ssh_authorized_keys: ["command=x"]', /no public key/],
    ['a package that is an option', 'packages: ["--purge"]', /no name of a package/],
    ['a number for a command', 'runcmd: [[1]]', /runcmd.0/],
    ['no mapping', '- a', /no mapping/],
    ['no YAML', 'a: [', /line/],
    [
      'aliases of aliases',
      'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]',
      /xcessive alias/,
    ],
    ['what is deeper than any data', `a: ${'['.repeat(20_000)}`, /user data/],
  ])('is refused with %s', (_what, text, words) => {
    expect(() => config(text)).toThrow(words);
  });

  it('is refused without its first line', () => {
    expect(() => read('hostname: a')).toThrow(/#cloud-config/);
  });
});

describe('the steps of a first boot', () => {
  it('are those that change files before init, and those that need a system after it', () => {
    expect(
      named(`packages: [x]
runcmd: [ls]
timezone: UTC
users: [{name: a, sudo: "ALL=(ALL) ALL", ssh_authorized_keys: ["${KEY}"]}]
write_files: [{path: /a}, {path: /b, defer: true}]`),
    ).toEqual([
      'before-init time zone',
      'before-init user a',
      'before-init sudo of a',
      'before-init ssh keys of a',
      'before-init file /a',
      'after-boot boot',
      'after-boot packages',
      'after-boot file /b',
      'after-boot file /var/lib/tsmachine/first-boot/runcmd',
      'after-boot runcmd',
    ]);
  });

  it('have large files in pieces that a command line takes', () => {
    const steps = stepsOf(config(`write_files: [{path: /a, content: ${'x'.repeat(200_000)}}]`));
    const pieces = steps.map(({ argv }) => Buffer.from(argv[5] ?? '', 'base64'));
    expect(Buffer.concat(pieces).toString()).toBe('x'.repeat(200_000));
    expect(steps.map(({ argv }) => [argv[6], argv[7]])).toEqual([
      ['first', ''],
      ['', ''],
      ['', ''],
      ['', 'last'],
    ]);
    for (const { argv } of steps) for (const word of argv) expect(word.length).toBeLessThan(128 * 1024);
  });

  it('have the content that an encoding means, within bounds', () => {
    const content = (text: string, encoding: string) => {
      const [step] = stepsOf(config(`write_files: [{path: /a, encoding: ${encoding}, content: ${text}}]`));
      return Buffer.from(step?.argv[5] ?? '', 'base64').toString();
    };
    expect(content(Buffer.from('hi').toString('base64'), 'b64')).toBe('hi');
    expect(content(gzipSync('hi').toString('base64'), 'gz+b64')).toBe('hi');
    expect(content('hi', 'text/plain')).toBe('hi');
    expect(() => content('aGk=', 'gz+b64')).toThrow(/no gzip/);
    expect(() => content(gzipSync(Buffer.alloc(8 * 2 ** 20)).toString('base64'), 'gzip+base64')).toThrow(
      /4 MiB/,
    );
  });

  it('keep the words of a command as they are', () => {
    const steps = stepsOf(config(`runcmd: [[echo, "it's $HOME"], "echo $HOME"]`));
    expect(Buffer.from(steps[1]?.argv[5] ?? '', 'base64').toString()).toBe(
      `#!/bin/sh\n'echo' 'it'\\''s $HOME'\necho $HOME\n`,
    );
  });
});
