/** How a machine is made, part by part of the kernel. Pure. */
import type {
  CapabilitySets,
  Inspection,
  ListeningSocket,
  SecurityLabel,
} from '../../backends/inspection.ts';
import { mountSection } from './mount-section.ts';
import { columns, type Entry, known, type Section } from './section.ts';

export function kernelSections(inspection: Inspection): readonly Section[] {
  return [
    namespaceSection(inspection),
    { title: 'Ids', phrase: 'who its users are outside', entries: idEntries(inspection.idMap) },
    capabilitySection(inspection.capabilitySets),
    confinementSection(inspection),
    deviceSection(inspection),
    groupSection(inspection),
    mountSection(inspection),
    listeningSection(inspection),
    processSection(inspection),
  ];
}

const SEPARATES: Readonly<Record<string, string>> = {
  user: 'users, groups, capabilities',
  mnt: 'mounts',
  pid: 'processes',
  net: 'interfaces, addresses, ports, firewall',
  uts: 'host name',
  ipc: 'System V IPC, message queues',
  cgroup: 'what its control groups are seen as',
  time: 'uptime',
};

function namespaceSection({ namespaces, sharedNamespaces }: Inspection): Section {
  const lines = columns(
    Object.entries(namespaces).map(([name, inode]) => [
      String(inode),
      sharedNamespaces.includes(name) ? "SHARED: the host's own" : (SEPARATES[name] ?? ''),
    ]),
  );
  return {
    title: 'Namespaces',
    phrase: 'what it has for itself, by inode',
    entries: Object.keys(namespaces).map((name, index) => [name, lines[index] ?? '']),
  };
}

/** `uid 0 100000 65536` */
export function idEntries(idMap: readonly string[]): readonly Entry[] {
  return idMap.map((line) => {
    const [kind = '', ...numbers] = line.split(' ');
    const [inside = 0, outside = 0, count = 0] = numbers.map(Number);
    if (inside === outside) return [kind, `${span(inside, count)}: the same outside`];
    return [
      kind,
      `${span(inside, count)} inside ${count === 1 ? 'is' : 'are'} ${span(outside, count)} outside`,
    ];
  });
}

function span(first: number, count: number): string {
  return count === 1 ? String(first) : `${first} to ${first + count - 1}`;
}

function capabilitySection(sets: CapabilitySets | null): Section {
  const others = (['effective', 'permitted', 'inheritable', 'ambient'] as const).map(
    (name): Entry => [name, setWords(sets?.[name] ?? [], sets?.bounding ?? [])],
  );
  return {
    title: 'Capabilities',
    phrase: "the pieces of root's power that no process of it exceeds",
    entries: sets === null ? [] : [['bounding', setWords(sets.bounding, [])], ...others],
  };
}

function setWords(names: readonly string[], bounding: readonly string[]): string {
  if (names.length === 0) return 'none';
  return names.join(' ') === bounding.join(' ') ? 'as bounding' : names.join(' ');
}

function confinementSection({ seccomp, noNewPrivileges, securityLabel }: Inspection): Section {
  return {
    title: 'Confinement',
    phrase: 'what is refused whoever asks',
    entries: known([
      ['system calls', seccompWords(seccomp)],
      ['new privileges', noNewPrivileges === null ? undefined : privilegeWords(noNewPrivileges)],
      ['security label', labelWords(securityLabel)],
    ]),
  };
}

function seccompWords(seccomp: string): string {
  if (seccomp === 'off') return 'off: every system call gets through';
  return seccomp.startsWith('filter')
    ? `${seccomp}: a program sees each call before the kernel does`
    : seccomp;
}

function privilegeWords(refused: boolean): string {
  return refused
    ? 'refused: set-user-id programs gain nothing'
    : 'as usual: set-user-id programs such as su work';
}

const MODULES: Readonly<Record<SecurityLabel['module'], string>> = {
  apparmor: 'AppArmor',
  selinux: 'SELinux',
  other: 'security module',
};

function labelWords(label: SecurityLabel | null): string {
  return label === null
    ? 'none: no security module labels processes here'
    : `${MODULES[label.module]}: ${label.label}`;
}

/** Numbers by kind and access: `char rwm`, and behind it what that is allowed of. */
function deviceSection({ devices }: Inspection): Section {
  const numbers = new Map<string, string>();
  for (const rule of devices ?? []) {
    const [type = '', number = '*:*', access = 'rwm'] = rule.split(' ');
    const name = type === 'a' ? 'all' : `${type === 'b' ? 'block' : 'char'} ${access}`;
    numbers.set(name, `${numbers.get(name) ?? ''} ${number}`.trim());
  }
  return {
    title: 'Devices',
    phrase: 'nodes that it may read, write and make (m), by number; no others',
    entries: [...numbers],
  };
}

/** Controllers whose files are in one directory share a line; a directory of none is there to fence in. */
function groupSection({ cgroups, controllers }: Inspection): Section {
  return {
    title: 'Control groups',
    phrase: 'where it is counted, limited, frozen; by controller',
    entries: cgroups.map((directory) => {
      const names = Object.keys(controllers).filter((name) => controllers[name] === directory);
      return names.includes('unified') ? unifiedEntry(names, directory) : [names.join(' ') || '-', directory];
    }),
  };
}

/** Freezing, killing and pressure need no controller there. */
function unifiedEntry(names: readonly string[], directory: string): Entry {
  const others = names.filter((name) => name !== 'unified');
  return ['v2', others.length === 0 ? directory : [directory, `with ${others.join(' ')}`]];
}

function listeningSection({ listening, incomplete }: Inspection): Section {
  const rows = listening.map((socket) => [socket.protocol, socketAddress(socket), ownerWords(socket)]);
  return {
    title: 'Listening',
    phrase: 'ports that wait for somebody, and whose they are',
    entries: [
      ['sockets', columns(rows)],
      ...(incomplete.includes('listening') ? [['and', 'more than are shown'] as const] : []),
      ...(incomplete.includes('processes')
        ? [['note', 'too many processes to find every owner'] as const]
        : []),
    ],
  };
}

function socketAddress({ address, port }: ListeningSocket): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function ownerWords({ process }: ListeningSocket): string {
  if (process === null) return '';
  const inside = process.insidePid === null ? '' : `pid ${process.insidePid} inside, `;
  return `${process.name} (${inside}${process.pid} on the host)`;
}

function processSection({ rlimits, oom }: Inspection): Section {
  const limited = Object.entries(rlimits).filter(
    ([, { hard, soft }]) => hard !== 'unlimited' || soft !== 'unlimited',
  );
  const free = Object.keys(rlimits).filter((name) => !limited.some(([other]) => other === name));
  return {
    title: 'Process 1',
    phrase: 'what its processes inherit from it: resource limits',
    entries: known([
      ...limited.map(
        ([name, { soft, hard }]) =>
          [name, soft === hard ? String(soft) : `${soft}, may be raised to ${hard}`] as const,
      ),
      ['unlimited', free.length === 0 ? undefined : free.join(' ')],
      [
        'oom score',
        oom === null
          ? undefined
          : `${oom.score} (adjusted by ${oom.adjustment}); the highest is killed first`,
      ],
    ]),
  };
}
