/** A Debian machine with nesting is a host for systemd-nspawn and systemd-machined, which boot another Debian in it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { withRoot } from '../../setup/with-root.ts';
import { debianMachine, debianWords, MAKING_MS } from './debian-machine.ts';

const host = withRoot();
const { sh } = debianMachine(host, 'outer');

/** systemd 252 looks at the host's cgroups to decide what the machine gets; ids are the outer machine's own. */
const settings = [
  'mkdir -p /etc/systemd/system/systemd-nspawn@.service.d /etc/systemd/nspawn',
  'printf "[Service]\\nEnvironment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1\\n" > /etc/systemd/system/systemd-nspawn@.service.d/v2.conf',
  'printf "[Exec]\\nNotifyReady=yes\\nPrivateUsers=no\\n[Network]\\nVirtualEthernet=no\\n" > /etc/systemd/nspawn/inner.nspawn',
  'systemctl daemon-reload',
];
const itself = [
  'mkdir -p /var/lib/machines/inner && cd /',
  'tar --one-file-system --exclude=./var/lib/machines -c . | tar -x -C /var/lib/machines/inner',
  'cd /var/lib/machines/inner/etc && rm -f machine-id hostname',
  // It shares the network of the outer machine, whose port it would want.
  'ln -sf /dev/null systemd/system/ssh.service && ln -sf /dev/null systemd/system/ssh.socket',
];

beforeAll(async () => {
  const [kind = '', ...rest] = debianWords(host);
  await host.done(['create', 'outer', '--set', 'nesting=true', '--start', '--wait', kind, ...rest]);
  await sh([...settings, ...itself].join(' && '));
}, MAKING_MS);

describe('systemd-nspawn in a machine with nesting', () => {
  it('boots a Debian of its own, which machined knows', async () => {
    await sh('machinectl start inner');
    expect(await sh('machinectl list --no-legend')).toMatch(/^inner +container +systemd-nspawn/);
    expect(await sh('systemd-run -M inner --quiet --pipe --wait systemctl is-system-running')).toBe(
      'running',
    );
  });

  it('has it in namespaces of its own, with no ids but those of the machine around it', async () => {
    const inside = (script: string) => sh(`systemd-run -M inner --quiet --pipe --wait sh -c '${script}'`);
    expect(await inside('readlink /proc/self/ns/pid')).not.toBe(await sh('readlink /proc/self/ns/pid'));
    expect(await inside('cat /proc/self/uid_map')).toBe(await sh('cat /proc/self/uid_map'));
  });

  it('ends it by its own init', async () => {
    await sh(
      'machinectl poweroff inner; for i in $(seq 100); do machinectl show inner >/dev/null 2>&1 || exit 0; sleep 0.1; done; exit 1',
    );
    expect(await sh('systemctl is-active systemd-nspawn@inner || true')).toBe('inactive');
  });
});
