/** Machines that want more than their files: nothing of the host is read or written but what was named. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inThisProcess } from '../../setup/in-this-process.ts';
import { collect, spawnCli } from '../../setup/run-cli.ts';
import { withRoot } from '../../setup/with-root.ts';

const host = inThisProcess(withRoot());
const bait = join(host.root, 'bait');
const out = join(host.root, 'out');
const source = join(host.root, 'source');
const up = '../'.repeat(20);
const SECRET = 'what only the host knows';

beforeAll(async () => {
  mkdirSync(join(bait, 'etc'), { recursive: true });
  writeFileSync(join(bait, 'secret'), SECRET);
  mkdirSync(join(source, 'd/e'), { recursive: true });
  writeFileSync(join(source, 'd/e/f'), 'pushed');
  await host.done(['create', 'evil', '-t', 'busybox', '--start']);
});
beforeEach(() => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
});
afterAll(() => host.cli(['destroy', '--force', '--now', 'evil']));

const inside = (script: string) => host.done(['exec', 'evil', '--', 'sh', '-c', script]);

function baitIsUntouched(): void {
  expect(readdirSync(bait).sort()).toEqual(['etc', 'secret']);
  expect(readdirSync(join(bait, 'etc'))).toEqual([]);
  expect(readFileSync(join(bait, 'secret'), 'utf8')).toBe(SECRET);
}

function contentOf(tree: string): string {
  return execFileSync('sh', ['-c', `find '${tree}' -type f -exec cat {} + | sort -u`], { encoding: 'utf8' });
}

/** Links that would lead to the host's folder, if anybody followed them there. */
const links = [
  ['absolute', bait],
  ['climbing', `${up}${bait.slice(1)}`],
  ['magic', `/proc/1/root${bait}`],
  ['own magic', `/proc/self/root${bait}`],
  ['a descriptor', '/proc/self/fd/3'],
] as const;

for (const when of ['running', 'stopped'] as const) {
  describe(`a link of a machine that is ${when}`, () => {
    beforeAll(async () => {
      await host.cli(['start', 'evil']);
      for (const [kind, target] of links) {
        await inside(
          `mkdir -p "/l/${kind}"; cd "/l/${kind}"; ln -sfn "${target}" way; ln -sfn "${target}/secret" last`,
        );
      }
      if (when === 'stopped') await host.done(['stop', 'evil']);
    });

    it.each(links)('is followed nowhere on the host: %s', async (kind) => {
      const at = `/l/${kind}`;
      for (const path of ['way/secret', 'way/.', 'last/.', `way/${up}${bait.slice(1)}/secret`]) {
        expect((await host.cli(['pull', 'evil', `${at}/${path}`, out])).code, path).not.toBe(0);
      }
      await host.done(['pull', 'evil', `${at}/last`, join(out, 'last')]);
      expect(readlinkSync(join(out, 'last'))).toContain('/');
      for (const target of [`${at}/way/new`, `${at}/way/etc/`, `${at}/last`, `${at}/way`]) {
        await host.cli(['push', 'evil', join(source, 'd/e/f'), target]);
        await host.cli(['push', 'evil', join(source, 'd'), target]);
        baitIsUntouched();
      }
      expect(contentOf(out)).not.toContain(SECRET);
    });
  });
}

describe('a machine that runs', () => {
  beforeAll(async () => void (await host.cli(['start', 'evil'])));

  it('reaches nothing by exchanging a directory for a link while files go in and out', async () => {
    await inside('rm -rf /r; mkdir -p /r/d/e; echo own > /r/d/e/f; echo own > /r/d/secret');
    // Unlimited rounds, ended with the command; each way leads through d again and again.
    const racer = spawnCli(
      [
        'exec',
        'evil',
        '--',
        'sh',
        '-c',
        `cd /r; echo racing; while :; do mv d real; ln -s ${bait} d; rm d; ln -s /proc/1/root${bait} d; rm d; mv real d; done`,
      ],
      { env: host.env },
    );
    await new Promise((resolve) => racer.stdout?.once('data', resolve));
    for (let round = 0; round < 12; round++) {
      await host.cli(['pull', 'evil', '/r/d/secret', join(out, `secret-${round}`)]);
      await host.cli(['pull', 'evil', '/r/.', join(out, `all-${round}`)]);
      await host.cli(['push', 'evil', `${source}/.`, '/r']);
      await host.cli(['push', 'evil', join(source, 'd/e/f'), '/r/d/etc/']);
      baitIsUntouched();
    }
    racer.kill('SIGTERM');
    await collect(racer);
    const found = contentOf(out);
    expect(found).not.toContain(SECRET);
    expect(found).toMatch(/own|pushed/);
  });

  it('does not make a second pull follow a link that the first one brought', async () => {
    await inside(`rm -rf /two; mkdir /two; ln -s ${bait} /two/d; ln -s ${bait}/secret /two/f`);
    await host.done(['pull', 'evil', '/two', `${out}/`]);
    await inside('rm /two/d /two/f; mkdir /two/d; echo evil > /two/d/secret; echo evil > /two/f');
    const { code, stderr } = await host.cli(['pull', 'evil', '/two', `${out}/`]);
    expect(code).toBe(1);
    expect(stderr).toContain('ENOTDIR');
    baitIsUntouched();
    await host.done(['pull', 'evil', '/two/f', join(out, 'two/')]);
    baitIsUntouched();
    expect(readFileSync(join(out, 'two/f'), 'utf8')).toBe('evil\n');
  });

  it('does not hold a pull with a FIFO, a socket or a device, nor gives any of them', async () => {
    await inside(
      'rm -rf /n; mkdir /n; mkfifo /n/fifo; (timeout -s KILL 1 nc -lU /n/socket || true) 2>/dev/null; echo x > /n/file',
    );
    const { skipped } = JSON.parse(await host.done(['--json', 'pull', 'evil', '/n', '/dev', `${out}/`]));
    const whys = new Set(skipped.map(({ why }: { readonly why: string }) => why));
    expect(whys.has('fifo') && whys.has('device')).toBe(true);
    const kinds = execFileSync(
      'find',
      [out, '-not', '-type', 'd', '-not', '-type', 'f', '-not', '-type', 'l'],
      { encoding: 'utf8' },
    );
    expect(kinds).toBe('');
    expect(readFileSync(join(out, 'n/file'), 'utf8')).toBe('x\n');
  });

  it('gives no file systems of the kernel with its root', async () => {
    const { skipped } = JSON.parse(await host.done(['--json', 'pull', 'evil', '/', join(out, 'root')]));
    const kernel = skipped
      .filter(({ why }: { readonly why: string }) => why === 'kernel')
      .map(({ path }: { readonly path: string }) => path);
    expect(kernel).toEqual(expect.arrayContaining(['/proc', '/sys']));
    expect(existsSync(join(out, 'root/proc'))).toBe(false);
    expect(existsSync(join(out, 'root/etc/passwd'))).toBe(true);
  });

  it('gives no program that runs with the rights of another one', async () => {
    await inside('mkdir -p /s; cp /bin/busybox /s/suid; chmod 6755 /s/suid');
    await host.done(['pull', 'evil', '/s', `${out}/`, '--keep-owners']);
    expect(statSync(join(out, 's/suid')).mode & 0o7777).toBe(0o755);
  });

  it('shows its names, whatever they are, without effect on the terminal', async () => {
    await inside('mkdir -p /t; mkfifo "/t/$(printf \'a\\033]0;evil\\007\\nb\')"');
    const { stderr } = await host.cli(['pull', 'evil', '/t', `${out}/`]);
    expect(stderr).toContain('is left out: a FIFO');
    expect(stderr.includes('\u001b') || stderr.includes('\u0007')).toBe(false);
    expect(stderr.trim().split('\n').length).toBe(1);
  });

  it('is read whole while its directories come and go', async () => {
    const churn = spawnCli(
      [
        'exec',
        'evil',
        '--',
        'sh',
        '-c',
        'mkdir -p /c/stay; echo stay > /c/stay/f; echo on; while :; do mkdir -p /c/a/b/c; echo 1 > /c/a/b/c/f; rm -rf /c/a; ln -s stay /c/a; rm -f /c/a; done',
      ],
      { env: host.env },
    );
    await new Promise((resolve) => churn.stdout?.once('data', resolve));
    for (let round = 0; round < 5; round++) {
      await host.done(['pull', 'evil', '/c', join(out, `c-${round}`)]);
      expect(readFileSync(join(out, `c-${round}/stay/f`), 'utf8')).toBe('stay\n');
    }
    churn.kill('SIGTERM');
    await collect(churn);
  });
});

describe('the host', () => {
  it('pushes the link, not what it leads to, from below a source', async () => {
    symlinkSync(join(bait, 'secret'), join(source, 'leads'));
    await host.done(['push', 'evil', `${source}/.`, '/pushed', '-p']);
    expect(await inside('readlink /pushed/leads')).toBe(`${join(bait, 'secret')}\n`);
  });
});
