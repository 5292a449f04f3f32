import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostSources } from '../../../src/templates/debian/host-sources.ts';
import { runFolder } from '../../setup/test-run.ts';

/** The /etc/apt of a host, by the names of files in it. */
function apt(files: Readonly<Record<string, string>>): string {
  const etc = mkdtempSync(join(runFolder(), 'apt-'));
  mkdirSync(join(etc, 'sources.list.d'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(etc, name), text);
  return etc;
}

const stanza = (suites: string, more = ''): string =>
  `Types: deb\nURIs: http://mirror.example/debian\nSuites: ${suites}\nComponents: main\n${more}`;

describe("the host's own sources of a release", () => {
  it('are its one-line entries, those for updates and security too', async () => {
    const etc = apt({
      'sources.list': [
        '# deb http://old.example/debian bookworm main',
        'deb http://mirror.example/debian bookworm main contrib # the near one',
        'deb [arch=amd64 signed-by=/etc/keys/own.gpg] http://mirror.example/debian bookworm-updates main',
        'deb-src http://mirror.example/debian bookworm main',
        'deb http://security.example/debian-security bookworm-security main',
      ].join('\n'),
    });
    expect(await hostSources('bookworm', etc)).toEqual({
      entries: [
        'deb http://mirror.example/debian bookworm main contrib',
        'deb [arch=amd64 signed-by=/etc/keys/own.gpg] http://mirror.example/debian bookworm-updates main',
        'deb http://security.example/debian-security bookworm-security main',
      ],
      stanzas: '',
    });
  });

  it('are its stanzas, without comments', async () => {
    const etc = apt({
      'sources.list.d/debian.sources': `# mine\n${stanza('bookworm\n bookworm-updates')}\n \n${stanza('sid')}`,
    });
    const { entries, stanzas } = (await hostSources('bookworm', etc)) ?? { entries: ['none'], stanzas: '' };
    expect(entries).toEqual([]);
    expect(stanzas).toBe(stanza('bookworm\n bookworm-updates'));
  });

  it('may be of both forms at once', async () => {
    const etc = apt({
      'sources.list': 'deb http://mirror.example/debian bookworm main',
      'sources.list.d/security.sources': stanza('bookworm-security'),
    });
    const found = await hostSources('bookworm', etc);
    expect(found?.entries).toHaveLength(1);
    expect(found?.stanzas).toContain('bookworm-security');
  });

  it.each([
    ['another release', 'deb http://mirror.example/debian trixie main'],
    ['updates alone', 'deb http://mirror.example/debian bookworm-updates main'],
    ['somebody else’s packages', 'deb https://download.example/linux bookworm stable'],
    ['no signatures', 'deb [arch=amd64 trusted=yes] http://mirror.example/debian bookworm main'],
    ['weak ones', 'deb [allow-insecure=yes] http://mirror.example/debian bookworm main'],
    ['packages of no suite', 'deb http://mirror.example/flat ./'],
  ])('are none where they are of %s', async (_, line) => {
    expect(await hostSources('bookworm', apt({ 'sources.list': line }))).toBeUndefined();
  });

  it.each([
    ['turned off', 'Enabled: no'],
    ['trusted without signatures', 'Trusted: yes'],
  ])('are no stanzas that are %s', async (_, field) => {
    const etc = apt({ 'sources.list.d/debian.sources': stanza('bookworm', `${field}\n`) });
    expect(await hostSources('bookworm', etc)).toBeUndefined();
  });

  it('are none where apt is not', async () => {
    expect(await hostSources('bookworm', join(runFolder(), 'no-apt-here'))).toBeUndefined();
  });
});
