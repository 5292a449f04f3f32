import { describe, expect, it } from 'vitest';
import { changeText, readValues } from '../../../../src/backends/nspawn/settings/change-text.ts';
import {
  confiningOptions,
  confiningSettings,
} from '../../../../src/backends/nspawn/without-init/command-line.ts';

const settings = { values: readValues, changed: changeText };

describe('systemd-nspawn without the init of a machine', () => {
  it('is confined as its unit says, and neither boots nor has a network', () => {
    const words =
      'systemd-nspawn --quiet --keep-unit --boot --link-journal=try-guest --network-veth -U --settings=override --machine=web';
    expect(confiningOptions(words.split(' '))).toEqual(['-U', '--settings=override']);
    const more =
      'systemd-nspawn -M web --bind /srv --private-users=no -n --capability all --port=80 -b -D /x /sbin/init --bind';
    expect(confiningOptions(more.split(' '))).toEqual([
      '--bind=/srv',
      '--private-users=no',
      '--capability=all',
    ]);
  });

  it('is confined as its settings file says, which keeps its own words for its init', () => {
    const text = [
      '[Exec]',
      ...['Boot=no', 'Parameters=/bin/app', 'User=1000', 'NotifyReady=yes', 'PrivateUsers=65536:65536'],
      ...['Capability=CAP_SYS_ADMIN', 'Timezone=symlink'],
      ...['[Network]', 'Bridge=br0', 'Port=80', '[Files]', 'Bind=/srv', ''],
    ].join('\n');
    const changed = confiningSettings(settings, 'web', text);
    for (const line of ['PrivateUsers=65536:65536', 'Capability=CAP_SYS_ADMIN', 'Bind=/srv']) {
      expect(changed).toContain(`${line}\n`);
    }
    for (const key of ['Boot', 'Parameters', 'User', 'NotifyReady', 'Bridge', 'Port']) {
      expect(changed).not.toMatch(new RegExp(`^${key}=`, 'm'));
    }
    expect(changed).toMatch(/^Timezone=off$/m);
    expect(changed).toMatch(/^Private=yes$/m);
    expect(changed).toMatch(/^Hostname=web$/m);
    expect(confiningSettings(settings, 'web', undefined)).toMatch(/^Hostname=web$/m);
  });
});
