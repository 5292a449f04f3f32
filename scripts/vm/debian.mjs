/** What the host's own apt knows: the sources of its release, and the kernel of that release. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { read, run } from './commands.mjs';

/** The code name of this Debian, for example bookworm. @throws Error on another distribution */
export function release() {
  const text = readFileSync('/etc/os-release', 'utf8');
  const field = (name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(text)?.[1];
  if (field('ID') !== 'debian' || process.arch !== 'x64') {
    throw new Error(
      'the virtual machine is made from the packages of a Debian host on x86-64; this host is another',
    );
  }
  return field('VERSION_CODENAME');
}

/** The host's apt sources of this release alone, as text for mmdebstrap: what else the host installs from has no place there. */
export function sourcesOf(codename) {
  const suites = new RegExp(`^${codename}(-updates|-security|/updates)?$`);
  const files = readdirSync('/etc/apt/sources.list.d').map((name) => join('/etc/apt/sources.list.d', name));
  const oneLine = ['/etc/apt/sources.list', ...files.filter((name) => name.endsWith('.list'))]
    .flatMap((name) => textOf(name).split('\n'))
    .filter((line) => /^deb\s/.test(line) && suites.test(line.replace(/\[.*?\]/, '').split(/\s+/)[2]));
  if (oneLine.length > 0) return { name: 'debian.list', text: `${oneLine.join('\n')}\n` };
  const stanzas = files
    .filter((name) => name.endsWith('.sources'))
    .flatMap((name) => textOf(name).split(/\n\s*\n/))
    .filter((stanza) => {
      const named = /^Suites:(.*)$/m.exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
      return named.length > 0 && named.every((suite) => suites.test(suite));
    });
  if (stanzas.length === 0) throw new Error(`apt has no sources of ${codename} on this host`);
  return { name: 'debian.sources', text: `${stanzas.join('\n\n')}\n` };
}

/** The package that holds the newest kernel of the release, and its version. */
export function kernelPackage() {
  let name = dependency();
  if (name === undefined) {
    run('apt-get', ['update', '-q']);
    name = dependency();
  }
  if (name === undefined) throw new Error('apt knows no linux-image-amd64 on this host');
  const version = /Candidate: (\S+)/.exec(read('apt-cache', ['policy', name]))?.[1];
  return { name, version };
}

function dependency() {
  return /Depends: (linux-image-\S+)/.exec(read('apt-cache', ['depends', 'linux-image-amd64']))?.[1];
}

function textOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
