import { describe, expect, it } from 'vitest';
import { changeText, readValues } from '../../../../src/backends/nspawn/settings/change-text.ts';
import { parseSettings } from '../../../../src/backends/nspawn/settings/settings-text.ts';

const file = `# by hand
[Exec]
Hostname=web ; not a comment
Environment=A=1
# between
Environment=B=2 \\
  # left out
  C=3

[X-Other]
Anything goes=here

[Files]
Bind=/srv
`;

describe('values of a settings file', () => {
  it('are read as systemd reads them: lines that go on, comments between, repeated keys', () => {
    expect(readValues(file, 'Exec', 'Hostname')).toEqual(['web ; not a comment']);
    expect(readValues(file, 'Exec', 'Environment')).toEqual(['A=1', 'B=2  C=3']);
    expect(readValues(file, 'Exec', 'Bind')).toEqual([]);
    expect(readValues(undefined, 'Exec', 'Bind')).toEqual([]);
  });

  it('before an empty assignment do not count, unless systemd has none for the key', () => {
    expect(
      readValues('[Exec]\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2\n', 'Exec', 'Environment'),
    ).toEqual(['B=2']);
    expect(readValues('[Files]\nBind=/a\nBind=\n', 'Files', 'Bind')).toEqual(['/a']);
  });

  it('of an escaped backslash at the end do not go on', () => {
    expect(readValues('[Exec]\nHostname=a\\\\\nUser=b\n', 'Exec', 'User')).toEqual(['b']);
  });

  it('in a section that comes again count too', () => {
    expect(readValues('[Files]\nBind=/a\n[Exec]\n[Files]\nBind=/b', 'Files', 'Bind')).toEqual(['/a', '/b']);
  });
});

describe('a change of a settings file', () => {
  it('touches the lines of its key alone', () => {
    const changed = changeText(file, [
      { section: 'Exec', key: 'Environment', values: ['A=1', 'D=4'] },
      { section: 'Files', key: 'Bind', values: ['/var', '/srv'] },
      { section: 'Exec', key: 'Hostname', values: [] },
    ]);
    expect(changed).toBe(`# by hand
[Exec]
Environment=A=1
# between
Environment=D=4

[X-Other]
Anything goes=here

[Files]
Bind=/var
Bind=/srv
`);
  });

  it('begins a section, and a file, that was not there', () => {
    expect(changeText(undefined, [{ section: 'Exec', key: 'User', values: ['a'] }])).toBe('[Exec]\nUser=a\n');
    expect(changeText('[Files]', [{ section: 'Exec', key: 'User', values: ['a'] }])).toBe(
      '[Files]\n\n[Exec]\nUser=a\n',
    );
  });

  it('stands in the place of what it replaces, also at the end of a text whose last line has no end', () => {
    const change = { section: 'Exec', key: 'User', values: ['b'] };
    expect(changeText('[Exec]\nUser=a', [change])).toBe('[Exec]\nUser=b\n');
    expect(changeText('[Exec]\nUser=a\n# last', [change])).toBe('[Exec]\nUser=b\n# last');
  });

  it('comes after what takes values back', () => {
    const text = '[Exec]\nEnvironment=A=1\nEnvironment=\n';
    expect(changeText(text, [{ section: 'Exec', key: 'Environment', values: ['B=2'] }])).toBe(
      `${text}Environment=B=2\n`,
    );
  });

  it('is not swallowed by a line that would go on', () => {
    const changed = changeText('[Exec]\nParameters=a \\', [{ section: 'Exec', key: 'User', values: ['b'] }]);
    expect(readValues(changed, 'Exec', 'User')).toEqual(['b']);
    expect(readValues(changed, 'Exec', 'Parameters')).toEqual(['a']);
  });

  it('keeps line ends of another system', () => {
    expect(changeText('[Exec]\r\nUser=a\r\n', [{ section: 'Exec', key: 'Boot', values: ['no'] }])).toBe(
      '[Exec]\r\nUser=a\r\nBoot=no\r\n',
    );
  });

  it.each(['', ' a', 'a ', 'a\nBoot=no', 'a\rb', 'a\0', 'a\\'])(
    'refuses a value that no line can hold: %j',
    (value) => {
      expect(() => changeText('', [{ section: 'Exec', key: 'User', values: [value] }])).toThrow('cannot say');
    },
  );

  it.each([
    ['a]\n[Exec', 'User'],
    ['Exec', 'User=root\nBoot'],
    ['Exec', '#User'],
  ])('refuses what is no key: %j %j', (section, key) => {
    expect(() => changeText('', [{ section, key, values: ['a'] }])).toThrow('is no key');
  });
});

describe('whatever a settings file is like', () => {
  const random = seeded(7);

  it('its parts are the whole of it, and no change is none', () => {
    for (let round = 0; round < 1000; round += 1) {
      const text = randomText(random);
      expect(
        parseSettings(text)
          .map(({ start, end }) => text.slice(start, end))
          .join(''),
      ).toBe(text);
      expect(changeText(text, [])).toBe(text);
      for (const { section, key } of keysOf(text)) {
        const values = readValues(text, section, key);
        expect(changeText(text, [{ section, key, values }])).toBe(text);
      }
    }
  });

  it('a changed key has the values, every other one and every other line is as it was', () => {
    for (let round = 0; round < 1000; round += 1) {
      const text = randomText(random);
      const [section, key] = [pick(random, sections), pick(random, keys)];
      const values = Array.from({ length: random(4) }, () => pick(random, ['a', '/b', 'c d', '"e"']));
      const changed = changeText(text, [{ section, key, values }]);
      const context = JSON.stringify({ text, changed });
      expect(readValues(changed, section, key), context).toEqual(values);
      for (const other of keysOf(text)) {
        if (other.section === section && other.key === key) continue;
        expect(readValues(changed, other.section, other.key), context).toEqual(
          readValues(text, other.section, other.key),
        );
      }
      expect(othersOf(changed, section, key), context).toEqual(othersOf(text, section, key));
    }
  });
});

const sections = ['Exec', 'Files', 'X-Tsmachine'];
const keys = ['Environment', 'Bind', 'Boot'];

/** Lines that hold something and are not of this key; a header of the changed section may be new. */
function othersOf(text: string, section: string, key: string): readonly string[] {
  return parseSettings(text)
    .filter((part) => !(part.kind === 'assignment' && part.section === section && part.key === key))
    .filter((part) => !(part.kind === 'section' && part.section === section))
    .map(({ start, end }) => text.slice(start, end).replace(/[\r\n\0]+$/, ''))
    .filter((line) => line !== '');
}

function keysOf(text: string) {
  return parseSettings(text).flatMap(({ kind, section, key }) =>
    kind === 'assignment' && section !== undefined && /^\w+$/.test(key) ? [{ section, key }] : [],
  );
}

function randomText(random: (below: number) => number): string {
  const pieces = [
    ...sections.map((section) => `[${section}]`),
    ...keys.flatMap((key) => [`${key}=a`, `${key}=`, ` ${key} = c d `, `${key}=/b \\`, `${key}=a\\\\`]),
    '# note',
    '; note \\',
    '  more \\',
    'no assignment',
    '[broken',
    '\uFEFF',
    '',
  ];
  const ends = ['\n', '\n', '\n', '\r\n', '\r', '\n\n', '\0', ''];
  return Array.from({ length: random(12) }, () => pick(random, pieces) + pick(random, ends)).join('');
}

function pick<T>(random: (below: number) => number, from: readonly T[]): T {
  return from[random(from.length)] as T;
}

/** mulberry32: the same texts in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
