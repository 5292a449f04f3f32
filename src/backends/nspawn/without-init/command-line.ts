/** How systemd-nspawn is run without a machine's init, confined as it is with it. Pure. */
import type { ManagedSettings } from '../../manager/settings.ts';

/** Of what its unit executes, options that say how the machine is confined and what it sees; each has a value. */
const kept: ReadonlySet<string> = new Set([
  '--private-users',
  '--private-users-ownership',
  '--capability',
  '--drop-capability',
  '--ambient-capability',
  '--no-new-privileges',
  '--system-call-filter',
  '--rlimit',
  '--oom-score-adjust',
  '--cpu-affinity',
  '--personality',
  '--selinux-context',
  '--selinux-apifs-context',
  '--slice',
  '--property',
  '--settings',
  '--pivot-root',
  '--bind',
  '--bind-ro',
  '--tmpfs',
  '--overlay',
  '--overlay-ro',
  '--inaccessible',
  '--setenv',
]);

/** The same without a value. */
const keptFlags: ReadonlySet<string> = new Set(['-U', '--private-users-chown']);

/** What counts of the machine's settings only when its init is started, or for its network. */
const droppedSettings: Readonly<Record<string, readonly string[]>> = {
  Exec: ['Boot', 'ProcessTwo', 'Parameters', 'User', 'WorkingDirectory', 'NotifyReady', 'Ephemeral'],
  Network: [
    ...['Private', 'VirtualEthernet', 'VirtualEthernetExtra', 'Interface', 'MACVLAN', 'IPVLAN'],
    ...['Bridge', 'Zone', 'Port'],
  ],
};

/** Words of options among `words`, which are those of its unit (systemd-nspawn(1)); `--bind X` is the same as `--bind=X`. */
export function confiningOptions(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    const [name = ''] = word.split('=', 1);
    if (keptFlags.has(word)) return [word];
    if (!kept.has(name)) return [];
    if (word !== name) return [word];
    const value = words[index + 1];
    return value === undefined ? [] : [`${name}=${value}`];
  });
}

/**
 * What the machine's settings file says of its confinement, for one that is called otherwise meanwhile.
 * @param text undefined: it has none
 */
export function confiningSettings(
  { values, changed }: Pick<ManagedSettings, 'values' | 'changed'>,
  name: string,
  text: string | undefined,
): string {
  const dropped = Object.entries(droppedSettings).flatMap(([section, keys]) =>
    keys.map((key) => ({ section, key, values: [] })),
  );
  const hostname = values(text, 'Exec', 'Hostname').at(-1) ?? name;
  return changed(text, [
    ...dropped,
    { section: 'Exec', key: 'Hostname', values: [hostname] },
    // What it has of these is its own to say, by what is run.
    { section: 'Exec', key: 'ResolvConf', values: ['off'] },
    { section: 'Exec', key: 'Timezone', values: ['off'] },
    { section: 'Exec', key: 'LinkJournal', values: ['no'] },
    { section: 'Network', key: 'Private', values: ['yes'] },
  ]);
}
