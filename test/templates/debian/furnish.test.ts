import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distributions } from '../../../src/templates/debian/distributions.ts';
import { furnish } from '../../../src/templates/debian/furnish.ts';
import type { DebianOrder } from '../../../src/templates/debian/order.ts';
import { runFolder } from '../../setup/test-run.ts';
import { scratchFile } from '../fake-host.ts';

const noSources = { entries: [], stanzas: '' };
const CONSOLE = 'etc/systemd/system/console-getty.service.d/tsmachine.conf';

function order(consoleLogin: DebianOrder['consoleLogin'] = 'root'): DebianOrder {
  const distribution = distributions.debian;
  return { distribution, release: 'sid', variant: 'minbase', packages: [], mirror: undefined, consoleLogin };
}

function tree(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(runFolder(), 'tree-'));
  for (const [path, text] of Object.entries({ 'etc/passwd': '', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('the image of a Debian system', () => {
  it('has nothing that is of one machine alone, or of the host', async () => {
    const root = tree({
      'etc/hostname': 'builder\n',
      'etc/resolv.conf': 'nameserver 10.1.2.3\n',
      'etc/machine-id': 'uninitialized\n',
      'var/lib/systemd/credential.secret': 'x',
    });
    await furnish(root, order(), noSources);
    expect(readFileSync(join(root, 'etc/machine-id'), 'utf8')).toBe('');
    for (const path of ['etc/hostname', 'etc/resolv.conf', 'var/lib/systemd/credential.secret']) {
      expect(existsSync(join(root, path)), path).toBe(false);
    }
  });

  it('keeps a resolv.conf that a package made a link', async () => {
    const root = tree();
    symlinkSync('../run/systemd/resolve/stub-resolv.conf', join(root, 'etc/resolv.conf'));
    await furnish(root, order(), noSources);
    expect(() => readFileSync(join(root, 'etc/resolv.conf'))).toThrow('ENOENT');
  });

  it('lets root in at the console, unless it shall ask for a password', async () => {
    const open = tree();
    await furnish(open, order('root'), noSources);
    expect(readFileSync(join(open, CONSOLE), 'utf8')).toContain(
      "/sbin/agetty -o '-p -f -- \\\\u' --noclear --keep-baud --autologin root -",
    );
    const closed = tree();
    await furnish(closed, order('password'), noSources);
    expect(existsSync(join(closed, CONSOLE))).toBe(false);
  });

  it('has no ssh host keys, and makes them at the first start of sshd', async () => {
    const root = tree({ 'etc/ssh/ssh_host_rsa_key': 'secret', 'etc/ssh/ssh_host_rsa_key.pub': 'x' });
    await furnish(root, order(), noSources);
    expect(existsSync(join(root, 'etc/ssh/ssh_host_rsa_key'))).toBe(false);
    expect(readFileSync(join(root, 'etc/systemd/system/ssh.service.d/tsmachine.conf'), 'utf8')).toContain(
      'ssh-keygen -A',
    );
  });

  it('brings the keys of a mirror of the host’s own, which no package has', async () => {
    const keyring = scratchFile('own.gpg', 'public key', 0o644);
    const root = tree();
    const entries = [`deb [signed-by=${keyring}] http://mirror.example/debian sid main`];
    await furnish(root, order(), { entries, stanzas: '' });
    expect(readFileSync(join(root, keyring), 'utf8')).toBe('public key');
  });
});
