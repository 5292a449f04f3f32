/** Who a machine is, written into what a real overlay shows: nothing that it hides is taken for its own, and nothing that it shows is hidden. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { renewIdentity, writeIdentity } from '../../../src/backends/native/storage/identity.ts';
import { machineSpec } from '../../backends/native/machine-spec.ts';
import { withRoot } from '../../setup/with-root.ts';
import { HELPER } from '../native-machine.ts';

const { root } = withRoot();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'identity-'));
  for (const name of ['base', 'middle', 'upper', 'merged', 'outside']) mkdirSync(join(folder, name));
});

function sh(script: string, cwd = folder): string {
  return execFileSync('sh', ['-ec', script], { cwd, encoding: 'utf8' });
}

/** Runs a script in a real overlay, whose changes go to `upper`; what it prints. */
function inOverlay(upper: string, lower: string, script: string): string {
  sh(`mkdir work; mount -t overlay overlay -o lowerdir=${lower},upperdir=${upper},workdir=work merged`);
  try {
    return sh(script, join(folder, 'merged'));
  } finally {
    sh('umount merged; rm -r work');
  }
}

const stack = () => [join(folder, 'upper'), join(folder, 'middle'), join(folder, 'base')] as const;
const spec = machineSpec({ name: 'beta', hostname: 'beta' });
const shown = (script: string) => inOverlay('upper', 'middle:base', script);

describe('a machine whose /etc is a link', () => {
  it.each([
    ['to another folder of its own', 'usr/etc'],
    ['out of it', '/tmp/../OUTSIDE'],
  ])('%s, in a lower layer, is refused, and shows what it did', async (_, target) => {
    sh(`mkdir -p base/usr/etc; echo kept > base/usr/etc/file; echo of-the-host > outside/hostname`);
    sh(`ln -s ${target.replace('/tmp/../OUTSIDE', join(folder, 'outside'))} base/etc`);
    const before = shown('ls -lR');
    for (const write of [writeIdentity, renewIdentity]) {
      await expect(write(HELPER, spec, stack())).rejects.toMatchObject({
        errno: 'ELOOP',
        path: join(folder, 'upper/etc'),
        hint: expect.stringContaining('--keep-identity'),
      });
    }
    expect(existsSync(join(folder, 'upper/etc'))).toBe(false);
    expect(shown('ls -lR')).toBe(before);
    expect(readdirSync(join(folder, 'outside'))).toEqual(['hostname']);
    expect(readFileSync(join(folder, 'outside/hostname'), 'utf8')).toBe('of-the-host\n');
    expect(readdirSync(join(folder, 'base/usr/etc'))).toEqual(['file']);
  });

  it('below a directory that its own changes put in its place, is that directory', async () => {
    sh('ln -s usr/etc base/etc');
    shown('rm etc; mkdir -m 750 etc; echo mine > etc/file');
    await writeIdentity(HELPER, spec, stack());
    expect(shown('cat etc/file etc/hostname')).toBe('mine\nbeta\n');
  });
});

const KEYS = 'echo old > ssh_host_ed25519_key; echo old > ssh_host_ed25519_key.pub';

describe('what a machine does not see of its lower layers', () => {
  it.each([
    ['its whole /etc made anew', 'rm -r etc; mkdir etc'],
    ['its hosts and keys removed', 'rm -r etc/hosts etc/ssh'],
    ['/etc made anew in a layer, and used since', 'MIDDLE rm -r etc; mkdir etc; touch etc/other'],
    ['/etc removed in a layer', 'MIDDLE rm -r etc'],
  ])('is not written back into it: %s', async (_, script) => {
    sh(`mkdir -p base/etc/ssh; echo 10.0.0.1 secret > base/etc/hosts; cd base/etc/ssh; ${KEYS}`);
    if (script.startsWith('MIDDLE')) inOverlay('middle', 'base', script.replace('MIDDLE', ''));
    else shown(script);
    await renewIdentity(HELPER, spec, stack());
    expect(shown('cat etc/hosts etc/hostname')).not.toContain('secret');
    expect(shown('cat etc/hostname; ls etc')).not.toContain('ssh');
    expect(shown('cat etc/hostname')).toBe('beta\n');
  });

  it('but for that, its layers are one: the lines of a hosts file, and keys, wherever they lie', async () => {
    sh(
      `mkdir -p base/etc/ssh; chmod 750 base/etc/ssh; echo 10.0.0.1 friend > base/etc/hosts; cd base/etc/ssh; ${KEYS}`,
    );
    inOverlay('middle', 'base', 'touch etc/other');
    await renewIdentity(HELPER, spec, stack());
    expect(shown('cat etc/hosts')).toBe('127.0.1.1\tbeta\n10.0.0.1 friend\n');
    expect(shown('cat etc/ssh/ssh_host_ed25519_key.pub')).toMatch(/^ssh-ed25519 \S+ root@beta\n$/);
    expect(shown('stat -c %a etc/ssh')).toBe('750\n');
  });
});
