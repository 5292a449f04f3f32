import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { runFolder } from '../setup/test-run.ts';

interface Host {
  /** The only folder on the PATH. */
  readonly folder: string;
  readonly user: number;
}

/** A host with nothing but these commands. */
function host(commands: Readonly<Record<string, string>>, user = 0): Host {
  const folder = mkdtempSync(join(runFolder(), 'host-'));
  for (const name of ['touch', 'chmod']) symlinkSync(join('/bin', name), join(folder, name));
  for (const [name, script] of Object.entries(commands)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { folder, user };
}

function runScript(script: string, args: readonly string[], { folder, user }: Host) {
  const asUser = `data:text/javascript,process.getuid=()=>${user}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', asUser, join(projectFolder, 'scripts', script), ...args],
    { env: { PATH: folder }, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

/** apt-get that notes what it is asked, and brings make and cc. */
const apt = [
  `here=\${0%/*}`,
  'echo "$*" >> "$here/log"',
  'if [ "$1" = install ]; then touch "$here/make" "$here/cc"; chmod 755 "$here/make" "$here/cc"; fi',
].join('\n');

describe('the prerequisites', () => {
  it('are silent where everything is there', () => {
    const { status, stdout, stderr } = runScript('prerequisites.mjs', ['demo'], host({ make: '', cc: '' }));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('are installed for root, who is told first', () => {
    const machine = host({ 'apt-get': apt });
    const { status, stderr } = runScript('prerequisites.mjs', ['demo'], machine);
    expect(stderr).toContain('make is missing');
    expect(stderr).toContain('installing: apt-get install -y --no-install-recommends make gcc libc6-dev');
    expect(readFileSync(join(machine.folder, 'log'), 'utf8')).toBe(
      'update -q\ninstall -y --no-install-recommends make gcc libc6-dev\n',
    );
    expect(status).toBe(0);
  });

  it('are missing too when the compiler is there and the headers of the C library are not', () => {
    const bare = host({ 'apt-get': apt, make: '', cc: 'exit 1' }, 1000);
    expect(runScript('prerequisites.mjs', ['demo'], bare).stderr).toContain('cc is missing');
  });

  it('are named to another user with the exact command, and nothing is installed', () => {
    const machine = host({ 'apt-get': apt, make: '' }, 1000);
    const { status, stderr } = runScript('prerequisites.mjs', ['demo'], machine);
    expect(stderr).toContain('sudo apt-get install -y --no-install-recommends gcc libc6-dev\n');
    expect(existsSync(join(machine.folder, 'log'))).toBe(false);
    expect(status).toBe(1);
  });

  it('of the tests bring every program that a test would be skipped without', () => {
    const { stderr } = runScript('prerequisites.mjs', ['test'], host({ 'apt-get': apt }, 1000));
    for (const tool of ['strace', 'zsh', 'fish', 'mkfs.btrfs', 'mkfs.ext4', 'ssh-keygen', 'pkg-config'])
      expect(stderr).toContain(`${tool} is missing`);
    expect(stderr).toMatch(
      /install -y --no-install-recommends .*zsh fish .*btrfs-progs e2fsprogs openssh-client .*pkg-config libseccomp-dev mmdebstrap\n/,
    );
  });

  it('are an error when installing them did not help', () => {
    const { status, stderr } = runScript('prerequisites.mjs', ['demo'], host({ dnf: 'exit 1' }));
    expect(stderr).toContain('dnf install -y make gcc');
    expect(status).toBe(1);
  });

  it('are named even where no package manager is known', () => {
    const { status, stderr } = runScript('prerequisites.mjs', ['demo'], host({}));
    expect(stderr).toContain("install with your system's package manager: make cc");
    expect(status).toBe(1);
  });
});

describe('building the helper', () => {
  it('names what is missing and the command that brings it', () => {
    const { status, stderr } = runScript('build-helper.mjs', [], host({ 'apt-get': apt }, 1000));
    expect(stderr).toContain('needs make and cc');
    expect(stderr).toContain('sudo apt-get install -y --no-install-recommends make gcc libc6-dev');
    expect(status).toBe(1);
  });

  it('fails, in the words of make, when make fails', () => {
    const machine = host({ make: 'echo "no rule" >&2; exit 2', cc: '' });
    const { status, stderr } = runScript('build-helper.mjs', [], machine);
    expect(stderr).toContain('no rule');
    expect(stderr).toContain('make failed');
    expect(status).toBe(1);
  });
});
