/** What is the same for all releases of a distribution. */

export type DistributionName = 'debian' | 'ubuntu';

export interface Distribution {
  readonly name: DistributionName;
  /** Where nothing else says: the release, and where its packages lie. */
  readonly defaultRelease: string;
  readonly mirror: string;
  readonly components: readonly string[];
  /** Holds the archive's public keys. */
  readonly keyring: string;
  /** Brings the keyring. */
  readonly keyringPackage: string;
  /** An archive of its own for urgent corrections, beside the mirror; undefined: the mirror has them. */
  readonly securityMirror: string | undefined;
  /** Suites that have neither updates nor security ones: they are changed themselves. */
  readonly rolling: readonly string[];
}

const debian: Distribution = {
  name: 'debian',
  defaultRelease: 'stable',
  mirror: 'http://deb.debian.org/debian',
  components: ['main'],
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  keyringPackage: 'debian-archive-keyring',
  securityMirror: 'http://deb.debian.org/debian-security',
  rolling: ['sid', 'unstable'],
};

const ubuntu: Distribution = {
  name: 'ubuntu',
  defaultRelease: 'noble',
  // Ubuntu keeps other processors than those of PCs apart.
  mirror:
    process.arch === 'x64' ? 'http://archive.ubuntu.com/ubuntu' : 'http://ports.ubuntu.com/ubuntu-ports',
  components: ['main', 'universe'],
  keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
  keyringPackage: 'ubuntu-keyring',
  securityMirror: undefined,
  rolling: [],
};

export const distributions: Readonly<Record<DistributionName, Distribution>> = { debian, ubuntu };

/** Releases of Ubuntu that a person may ask of Debian by mistake: what is no guess is said. */
export const ubuntuReleases: readonly string[] = [
  'focal',
  'jammy',
  'noble',
  'plucky',
  'questing',
  'resolute',
];

export const debianReleases: readonly string[] = ['bookworm', 'trixie', 'forky', 'sid'];
