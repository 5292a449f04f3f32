/**
 * What others made stays as it is: no look at a machine of machinectl changes a byte, a mode or a time of it, neither does the dashboard, and `set`
 * changes what it was asked for.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personAt } from '../../e2e/terminal.ts';
import { withNspawnHost } from './nspawn-host.ts';

const { busyboxImage, machinectl, run, cli, done, cleanUp, env } = withNspawnHost();

const SETTINGS = '/etc/systemd/nspawn/theirs.nspawn';
const DROP_IN = '/etc/systemd/system/systemd-nspawn@theirs.service.d';
const IMAGE = '/var/lib/machines/theirs';
/** As a person wrote it, who has an order, remarks and sections of other programs. */
const lines = [
  '# of the shop',
  '[X-Other]',
  'Key = value',
  '',
  '[Files]',
  'BindReadOnly=/usr/share/doc',
  '; the time',
  'TemporaryFileSystem=/scratch',
];

/** Settings wherever they may lie, what is said of units, and the images: mode, owner, time, attributes and content of each file. */
function everything(withImage: boolean): readonly string[] {
  const places = [
    '/etc/systemd/nspawn',
    '/run/systemd/nspawn/other.nspawn',
    '/etc/systemd/system',
    '/etc/systemd/system.control',
  ]
    .concat([
      '/run/systemd/system.control',
      '/var/lib/machines/theirs.nspawn',
      '/var/lib/machines/theirs@kept',
    ])
    .concat(withImage ? [IMAGE] : [])
    .filter(existsSync);
  // An archive has what `find` cannot tell: extended attributes. When something was read, or renamed, is nobody's matter.
  const script = `
    find "$@" -printf '%p %y %m %U:%G %T@ %s %l\\n' | sort
    find "$@" -type f -print0 | sort -z | xargs -0 -r sha256sum
    tar -P --sort=name --format=posix --xattrs --xattrs-include='*' --pax-option=delete=atime,delete=ctime -c "$@" | sha256sum
  `;
  const told = execFileSync('sh', ['-c', script, 'sh', ...places], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return told.split('\n');
}

async function unchangedBy(withImage: boolean, args: readonly string[]): Promise<void> {
  const before = everything(withImage);
  const { code, stderr } = await cli(args);
  if (args[0] !== 'doctor') expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
  expect(everything(withImage), args.join(' ')).toEqual(before);
}

const looks: readonly (readonly string[])[] = [
  ['list', '--columns', 'name,state,disk'],
  ['info', 'theirs'],
  ['config', 'theirs'],
  ['plan', 'theirs'],
  ['doctor'],
  ['image', 'list'],
  ['snapshots', 'theirs'],
  ['diff', 'theirs@kept', 'theirs'],
  ['events'],
  ['logs', 'theirs'],
  ['top', '--once', '--interval', '0.1'],
  ['top', '--batch', '--iterations', '1', '--interval', '0.1', '--all'],
  ['trash', 'list'],
  ['autostart', '--list', '--all'],
  ['console', 'theirs', '--log'],
];

beforeAll(async () => {
  await busyboxImage('theirs', lines);
  await machinectl('clone', 'theirs', 'theirs@kept');
  mkdirSync('/run/systemd/nspawn', { recursive: true });
  writeFileSync('/run/systemd/nspawn/other.nspawn', '[Exec]\nBoot=yes\n');
  writeFileSync('/var/lib/machines/theirs.nspawn', '[Exec]\nHostname=vendor\n', { mode: 0o640 });
  mkdirSync(DROP_IN, { recursive: true });
  writeFileSync(`${DROP_IN}/own.conf`, '[Service]\nMemoryMax=512M\n', { mode: 0o600 });
  await run('systemctl', 'daemon-reload');
  const setxattr = process.arch === 'arm64' ? 5 : 188;
  const call = 'my ($number, @words) = @ARGV; syscall($number + 0, @words, 1, 0) == 0 or die $!';
  execFileSync('perl', ['-e', call, String(setxattr), `${IMAGE}/etc`, 'user.of-theirs', '1']);
});
afterAll(cleanUp);

describe('a machine of machinectl that is down', () => {
  it.each(looks.map((args) => ({ args })))('is left as it is by $args', async ({ args }) => {
    await unchangedBy(true, args);
  });
});

describe('a machine of machinectl that runs', () => {
  it('keeps its settings, drop-ins and kept states through all that is done to it and looked at', async () => {
    await unchangedBy(false, ['start', 'theirs']);
    for (const args of looks) await unchangedBy(false, args);
    await unchangedBy(false, ['exec', 'theirs', '--', 'true']);
    await unchangedBy(false, ['freeze', 'theirs']);
    await unchangedBy(false, ['unfreeze', 'theirs']);
    await unchangedBy(false, ['stop', 'theirs']);
  });
});

describe('the dashboard', () => {
  it('leaves a machine of machinectl as it is that it shows, starts, enters and stops', async () => {
    const before = everything(false);
    const person = personAt(['--backend', 'nspawn'], { columns: 120, rows: 40, env });
    try {
      await person.sees('theirs');
      person.type('b');
      await person.sees('theirs: started');
      person.type('c');
      await person.sees('root@theirs:~#');
      person.type('echo con""sole\r');
      await person.sees(/┃console +┃/);
      person.type('\x1dq');
      await person.sees('Enter types here');
      person.type('e');
      await expect.poll(() => person.screen().includes('con""sole')).toBe(false);
      await person.sees(/theirs:~# +┃/);
      person.type('echo sh""ell\r');
      await person.sees(/┃shell +┃/);
      person.type('\x1dq5');
      await person.sees('kept');
      person.type('8');
      await person.sees('start-unit');
      person.type('s');
      await person.sees('theirs: stopped');
    } finally {
      await person.close();
    }
    expect(everything(false)).toEqual(before);
  });
});

describe('set', () => {
  it('changes the key that it was asked for, and keeps remarks, order and sections of others', async () => {
    const before = readFileSync(SETTINGS, 'utf8').split('\n');
    const others = () => everything(true).filter((line) => !line.includes(SETTINGS) && !isOfIt(line));
    const elsewhere = others();
    await done(['set', 'theirs', 'environment.COLOUR=blue']);
    const after = readFileSync(SETTINGS, 'utf8').split('\n');
    expect(after.filter((line) => !before.includes(line))).toEqual(['Environment=COLOUR=blue']);
    expect(after.filter((line) => line !== 'Environment=COLOUR=blue')).toEqual(before);
    expect(others()).toEqual(elsewhere);
  });
});

/** A new file takes the place of the old one: the folder has another time then, and the archive of all of them another sum. */
function isOfIt(line: string): boolean {
  return line.startsWith('/etc/systemd/nspawn d') || line.endsWith('  -');
}
