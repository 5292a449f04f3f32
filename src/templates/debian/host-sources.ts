/**
 * The host's own apt sources of a release, as they are written there: who set up a mirror or a proxy for the host meant it for its machines too.
 * sources.list(5) has two forms; nothing is made of either but a choice, and apt reads what was chosen.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Sources {
  /** One-line entries, each from `deb` on. */
  readonly entries: readonly string[];
  /** Stanzas of deb822, with an empty line between two. */
  readonly stanzas: string;
}

/** What the distributions call the parts of their own archives: what has none of these is somebody else's. */
const ownComponents = new Set([
  ...['main', 'contrib', 'non-free', 'non-free-firmware'],
  ...['universe', 'restricted', 'multiverse'],
]);

/** Undefined: the host has none of this release. @param etc the host's /etc/apt */
export async function hostSources(release: string, etc = '/etc/apt'): Promise<Sources | undefined> {
  const files = await readFiles(etc);
  const lines = files.filter(({ name }) => name.endsWith('.list')).flatMap(({ text }) => text.split('\n'));
  const entries = lines.map(readEntry).filter((entry) => isWanted(entry, release));
  const paragraphs = files.filter(({ name }) => name.endsWith('.sources')).flatMap(({ text }) => split(text));
  const stanzas = paragraphs.map(readStanza).filter((stanza) => isWanted(stanza, release));
  const suites = [...entries, ...stanzas].flatMap((source) => source.suites);
  // Its updates alone are no system.
  if (!suites.includes(release)) return undefined;
  return {
    entries: entries.map(({ text }) => text),
    stanzas: stanzas.map(({ text }) => `${text}\n`).join('\n'),
  };
}

interface Source {
  readonly text: string;
  readonly enabled: boolean;
  /** Whether apt is told to do without signatures. */
  readonly unsigned: boolean;
  readonly types: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Never one without signatures, whatever the host does for itself: root runs what comes from there. */
function isWanted({ enabled, unsigned, types, suites, components }: Source, release: string): boolean {
  const ofRelease = [release, `${release}-updates`, `${release}-security`, `${release}/updates`];
  return (
    enabled &&
    !unsigned &&
    types.includes('deb') &&
    suites.length > 0 &&
    suites.every((suite) => ofRelease.includes(suite)) &&
    components.length > 0 &&
    components.every((component) => ownComponents.has(component))
  );
}

function readEntry(line: string): Source {
  const text = line.replace(/#.*/, '').trim();
  const [, type = '', options = '', rest = ''] = /^(\S+)\s+(\[[^\]]*\]\s+)?(.*)$/.exec(text) ?? [];
  const [, suite, ...components] = rest.split(/\s+/);
  return {
    text,
    enabled: true,
    unsigned: isUnsigned(options),
    types: [type],
    suites: suite === undefined ? [] : [suite],
    components,
  };
}

function readStanza(paragraph: string): Source {
  const text = paragraph.replace(/^#.*\n?/gm, '').trim();
  const words = (name: string): readonly string[] =>
    (new RegExp(`^${name}:(.*(?:\n[ \t].*)*)`, 'im').exec(text)?.[1] ?? '').split(/\s+/).filter(Boolean);
  return {
    text,
    enabled: !/^(no|false|0|off|disable|without)$/i.test(words('Enabled')[0] ?? ''),
    unsigned: isUnsigned(text),
    types: words('Types'),
    suites: words('Suites'),
    components: words('Components'),
  };
}

function isUnsigned(options: string): boolean {
  return /(^|[^a-z-])(trusted|allow-insecure|allow-weak|allow-downgrade-to-insecure)\s*[:=]/i.test(options);
}

function split(text: string): readonly string[] {
  return text.split(/\n[ \t]*\n/);
}

async function readFiles(etc: string): Promise<readonly { readonly name: string; readonly text: string }[]> {
  const parts = join(etc, 'sources.list.d');
  const names = await readdir(parts).catch(() => []);
  const paths = [join(etc, 'sources.list'), ...names.sort().map((name) => join(parts, name))];
  return Promise.all(
    paths.map(async (name) => ({ name, text: await readFile(name, 'utf8').catch(() => '') })),
  );
}
