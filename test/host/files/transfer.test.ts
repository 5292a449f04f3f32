import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, spawnCli } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';

const host = withRoot();
const work = join(host.root, 'work');

/** Everything that a copy keeps, and what it leaves out. */
const MAKE = `
umask 022
mkdir -p tree/sub/empty
echo text > tree/file
setfattr -n user.mine -v 1 tree/file
ln tree/file tree/hard
ln -s /nowhere tree/link
echo '#!/bin/sh' > tree/tool; chmod 4755 tree/tool
echo x > tree/cap; setcap cap_net_raw+ep tree/cap
echo x > tree/theirs; chown 1234:1235 tree/theirs; chmod 6755 tree/theirs
echo x > tree/listed; chmod 0640 tree/listed; setfacl -m u:7:rw tree/listed
truncate -s 64M tree/sparse; printf end | dd of=tree/sparse bs=1 seek=32M conv=notrunc status=none
mkfifo tree/fifo
touch "tree/sub/$(printf 'new\\nline')" "tree/sub/$(printf 'x%.0s' $(seq 255))"
touch -h -d '2001-02-03 04:05:06.789' tree/link tree/file
chmod 1771 tree/sub; touch -d '2002-03-04 05:06:07' tree/sub
`;

/** One line each: everything that stat(1) and getfattr(1) tell. */
function describeTree(tree: string): string {
  const script = `find . -printf '%p %M %n %l %TY-%Tm-%Td %TT\\n' | grep -v fifo | sort; getfattr -hR -m user -d . | cat`;
  return execFileSync('sh', ['-c', script], { cwd: tree, encoding: 'utf8' });
}

beforeAll(async () => {
  mkdirSync(work);
  execFileSync('sh', ['-ec', MAKE], { cwd: work });
  await host.done(['create', 'web', '-t', 'busybox']);
});
afterAll(() => host.cli(['destroy', '--force', '--now', 'web']));

const inside = (script: string) => host.done(['exec', 'web', '--', 'sh', '-c', script]);

/** The same in every state of a machine: each begins where the one before ended. */
const states = [
  { state: 'stopped', enter: async () => {} },
  { state: 'running', enter: () => host.done(['start', 'web']) },
  { state: 'frozen', enter: () => host.done(['freeze', 'web']) },
];

for (const { state, enter } of states) {
  describe(`a machine that is ${state}`, () => {
    beforeAll(async () => void (await enter()));

    it('takes a tree and gives it back as it was, but for privileges and what is no file', async () => {
      const pushed = JSON.parse(
        await host.done(['--json', 'push', 'web', join(work, 'tree'), `/srv/${state}/`, '-p']),
      );
      expect(pushed).toMatchObject({
        files: 10,
        skippedCount: 1,
        skipped: [{ why: 'fifo', path: join(work, 'tree/fifo') }],
      });
      const back = join(work, `back-${state}`);
      await host.done(['pull', 'web', `/srv/${state}/tree`, back]);
      const plain = describeTree(join(work, 'tree'))
        .replace('./tool -rwsr-xr-x', './tool -rwxr-xr-x')
        .replace('./theirs -rwsr-sr-x', './theirs -rwxr-xr-x')
        // The mask of its list is the group's bits while it has one.
        .replace('./listed -rw-rw----', './listed -rw-r-----');
      expect(describeTree(back)).toBe(plain);
      expect(statSync(join(back, 'file')).ino).toBe(statSync(join(back, 'hard')).ino);
      expect(statSync(join(back, 'sparse')).blocks).toBeLessThan(100);
      expect(
        readFileSync(join(back, 'sparse'))
          .subarray(32 * 1024 * 1024)
          .subarray(0, 3)
          .toString(),
      ).toBe('end');
      expect(spawnSync('getcap', [join(back, 'cap')]).stdout.toString()).toBe('');
      expect(statSync(join(back, 'theirs'))).toMatchObject({ uid: 0, gid: 0 });
    });
  });
}

describe('what is pushed', () => {
  beforeAll(async () => void (await host.done(['unfreeze', 'web'])));

  it("belongs to the machine's root, whose privileges files of the host's root keep, others not", async () => {
    for (const state of ['stopped', 'running', 'frozen']) {
      expect(await inside(`cd /srv/${state}/tree; stat -c '%n %u:%g %a' tool theirs; ls -ld sub`)).toMatch(
        /^tool 0:0 4755\ntheirs 0:0 755\ndrwxrwx--t/,
      );
    }
    expect(
      await host.done(['pull', 'web', '/srv/running/tree/cap', join(work, 'cap'), '--keep-privileges']),
    ).toContain('one file');
    expect(spawnSync('getcap', [join(work, 'cap')]).stdout.toString()).toContain('cap_net_raw=ep');
  });

  it('has the same numbers on both sides, and its lists, with --keep-owners', async () => {
    await host.done([
      'push',
      'web',
      join(work, 'tree/theirs'),
      join(work, 'tree/listed'),
      '/srv',
      '--keep-owners',
    ]);
    expect(await inside('stat -c "%u:%g %a" /srv/theirs')).toBe('1234:1235 6755\n');
    const back = join(work, 'kept');
    await host.done(['pull', 'web', '/srv/theirs', '/srv/listed', `${back}/`, '--keep-owners', '-p']);
    expect(statSync(join(back, 'theirs'))).toMatchObject({ uid: 1234, gid: 1235, mode: 0o100755 });
    expect(execFileSync('getfacl', ['-n', join(back, 'listed')], { encoding: 'utf8' })).toContain(
      'user:7:rw-',
    );
    await host.done(['push', 'web', join(work, 'tree/theirs'), '/srv/owned', '--owner', '5:6']);
    expect(await inside('stat -c "%u:%g %a" /srv/owned')).toBe('5:6 755\n');
  });

  it('is refused with an owner that the machine does not have, running or not', async () => {
    const wrong = ['push', 'web', join(work, 'tree/file'), '/srv/nobody', '--owner', '70000'];
    const running = await host.cli(wrong);
    await host.done(['stop', 'web']);
    const stopped = await host.cli(wrong);
    await host.done(['start', 'web']);
    for (const { code, stderr } of [running, stopped]) {
      expect(code).toBe(1);
      expect(stderr).toContain('no such user or group number');
    }
    expect(await inside('ls -a /srv')).not.toMatch(/nobody|\.tsmachine/);
  });
});

describe('where files go', () => {
  it('into a directory that is there, else under the new name; SRC/. is what is in it', async () => {
    await inside('mkdir -p /w/there; echo old > /w/name; mkdir -m 700 /w/merged; chown 9 /w/merged');
    await host.done(['push', 'web', join(work, 'tree/file'), '/w/there']);
    await host.done(['push', 'web', join(work, 'tree/file'), '/w/name']);
    await host.done(['push', 'web', `${join(work, 'tree/sub')}/.`, '/w/merged']);
    expect(await inside('cat /w/there/file /w/name; ls /w/merged | wc -l; stat -c "%a %u" /w/merged')).toBe(
      'text\ntext\n3\n700 9\n',
    );
  });

  it('follows links in the way to the target as the machine sees them', async () => {
    await inside('mkdir -p /w/real; ln -sfn /w/real /w/alias');
    await host.done(['push', 'web', join(work, 'tree/file'), '/w/alias/']);
    expect(await inside('cat /w/real/file')).toBe('text\n');
  });

  it('says what is in the way, and what is missing', async () => {
    await inside('mkdir -p /w/directory/file; echo x > /w/plain');
    const file = join(work, 'tree/file');
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [[file, '/w/directory'], 1, 'EISDIR'],
      [[join(work, 'tree'), '/w/plain'], 1, 'ENOTDIR'],
      [[file, '/w/no/such/'], 1, '--parents makes it'],
      [[join(work, 'nothing'), '/w'], 1, 'ENOENT'],
      [[file, 'relative'], 2, 'it must be absolute'],
    ];
    for (const [words, code, said] of cases) {
      const result = await host.cli(['push', 'web', ...words]);
      expect(result, words.join(' ')).toMatchObject({ code });
      expect(result.stderr).toContain(said);
    }
    expect(await inside('cat /w/plain; ls -A /w /w/directory | grep -E "tsmachine|links"; true')).toBe('x\n');
  });

  it('is a stream with -', async () => {
    const input = Buffer.alloc(300_000, 'abc');
    await host.done(['push', 'web', '-', '/w/stream'], { input });
    expect(await inside('stat -c "%s %a %u" /w/stream')).toBe('300000 644 0\n');
    expect((await host.done(['pull', 'web', '/w/stream', '-'])).length).toBe(300_000);
    expect((await host.cli(['pull', 'web', '/w', '-'])).stderr).toContain('EISDIR');
    expect((await host.done(['pull', 'web', '/proc/uptime', '-'])).length).toBeGreaterThan(5);
  });
});

describe('a copy that does not come to its end', () => {
  it('leaves nothing half made, and says what is done, after Ctrl-C', async () => {
    const child = spawnCli(['push', 'web', '-', '/w/half'], { env: host.env });
    child.stdin?.write(Buffer.alloc(100_000));
    await until(async () => (await inside('ls -a /w')).includes('.tsmachine-'));
    // Its input stays open: who ended it too would say that the file is whole.
    const said: string[] = [];
    child.stderr?.on('data', (text) => said.push(String(text)));
    const ended = once(child, 'close');
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(said.join('')).toContain('nothing was copied');
    expect(await inside('ls -a /w')).not.toMatch(/half|\.tsmachine-/);
  });

  it('ends with the command that is killed', async () => {
    const child = spawnCli(['push', 'web', '-', '/w/half'], { env: host.env });
    child.stdin?.write(Buffer.alloc(100_000));
    await until(async () => (await inside('ls -a /w')).includes('.tsmachine-'));
    child.kill('SIGKILL');
    await collect(child);
    await until(async () => !(await inside('ls -a /w')).includes('.tsmachine-'));
  });

  it('ends with the machine, whose files nobody holds then', async () => {
    await host.done(['create', 'short', '-t', 'busybox', '--start']);
    const child = spawnCli(['push', 'short', '-', '/half'], { env: host.env });
    child.stdin?.write(Buffer.alloc(100_000));
    await until(async () =>
      (await host.done(['exec', 'short', '--', 'ls', '-a', '/'])).includes('.tsmachine-'),
    );
    const said: string[] = [];
    child.stderr?.on('data', (text) => said.push(String(text)));
    const ended = once(child, 'close');
    await host.done(['kill', 'short']);
    expect(await ended).toEqual([4, null]);
    expect(said.join('')).toContain('ended meanwhile');
    await host.done(['destroy', '--now', 'short']);
  });

  it('names a full disk, and leaves nothing half made', async () => {
    await inside('mkdir -p /w/small; mount -t tmpfs -o size=64k none /w/small');
    writeFileSync(join(work, 'large'), Buffer.alloc(200_000));
    const { code, stderr } = await host.cli(['push', 'web', join(work, 'large'), '/w/small']);
    expect({ code, full: stderr.includes('ENOSPC') }).toEqual({ code: 1, full: true });
    expect(await inside('ls -A /w/small; umount /w/small')).toBe('');
  });
});

describe('a tree of many files', () => {
  it('is pushed and pulled whole', async () => {
    execFileSync(
      'sh',
      ['-ec', 'mkdir many; cd many; for d in $(seq 10); do mkdir $d; (cd $d; seq 1000 | xargs touch); done'],
      { cwd: work },
    );
    expect(await host.done(['push', 'web', join(work, 'many'), '/w/'])).toContain('10000 files');
    expect(await inside('find /w/many -type f | wc -l')).toBe('10000\n');
    await host.done(['pull', 'web', '/w/many', join(work, 'many-back')]);
    expect(readdirSync(join(work, 'many-back')).length).toBe(10);
    expect(existsSync(join(work, 'many-back/10/1000'))).toBe(true);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}
