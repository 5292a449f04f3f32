import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { begunText } from '../../../../src/backends/nspawn/settings/begun-text.ts';
import { changeText, readValues } from '../../../../src/backends/nspawn/settings/change-text.ts';
import { countingTexts } from '../../../../src/backends/nspawn/settings/counting-text.ts';
import { settingsFaults } from '../../../../src/backends/nspawn/settings/settings-faults.ts';
import {
  findSettings,
  type SettingsPlaces,
  settingsPath,
  writeSettings,
} from '../../../../src/backends/nspawn/settings/settings-files.ts';

let root: string;
let places: SettingsPlaces;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nspawn-settings-'));
  places = {
    administrator: join(root, 'etc/nspawn'),
    runtime: join(root, 'run'),
    images: join(root, 'images'),
  };
  for (const folder of [places.runtime, places.images]) mkdirSync(folder, { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

const put = (place: keyof SettingsPlaces, text: string | Buffer, name = 'web') => {
  mkdirSync(places[place], { recursive: true });
  writeFileSync(settingsPath(places[place], name), text);
};

describe('the settings file that counts', () => {
  it("is the administrator's, then that of /run, then that of the image", () => {
    expect(findSettings(places, 'web')).toBeUndefined();
    put('images', 'c');
    expect(findSettings(places, 'web')).toMatchObject({ text: 'c', place: 'images' });
    put('runtime', 'b');
    expect(findSettings(places, 'web')).toMatchObject({ text: 'b', place: 'runtime' });
    put('administrator', 'a');
    expect(findSettings(places, 'web')).toMatchObject({ text: 'a', place: 'administrator' });
  });

  it('may be a link of the administrator, never one that came with an image', () => {
    writeFileSync(join(root, 'elsewhere'), '[Exec]\n');
    symlinkSync(join(root, 'elsewhere'), settingsPath(places.images, 'web'));
    expect(() => findSettings(places, 'web')).toThrow('ELOOP');
    mkdirSync(places.administrator, { recursive: true });
    symlinkSync(join(root, 'elsewhere'), settingsPath(places.administrator, 'web'));
    expect(findSettings(places, 'web')?.text).toBe('[Exec]\n');
  });

  it('is no pipe that nobody writes to, and no endless file', () => {
    execFileSync('mkfifo', [settingsPath(places.images, 'web')]);
    expect(() => findSettings(places, 'web')).toThrow('is no file');
    put('images', Buffer.alloc(1024 ** 2 + 1, '#'), 'big');
    expect(() => findSettings(places, 'big')).toThrow('larger');
  });

  it.each(['', '../web', 'a/b', 'a\0'])('is of no name such as %j', (name) => {
    expect(() => findSettings(places, name)).toThrow('is no name');
  });
});

describe('settings of many machines', () => {
  it('are those that count, of all whose file can be read', () => {
    mkdirSync(places.administrator, { recursive: true });
    writeFileSync(settingsPath(places.administrator, 'web'), '[Exec]\nBoot=yes\n');
    writeFileSync(settingsPath(places.runtime, 'web'), '[Exec]\nBoot=no\n');
    mkdirSync(settingsPath(places.administrator, 'broken'));
    writeFileSync(settingsPath(places.images, 'db'), '[Exec]\nHostname=db\n');
    writeFileSync(settingsPath(places.runtime, 'other'), '[Exec]\nBoot=no\n');
    const texts = countingTexts(places, ['broken', 'db', 'none', 'web']);
    expect([...texts.keys()]).toEqual(['db', 'web']);
    expect(texts.get('web')).toBe('[Exec]\nBoot=yes\n');
    expect(texts.get('db')).toContain('Hostname=db');
  });
});

describe('writing settings', () => {
  it("makes the administrator's file, for us alone, and changes nothing elsewhere", () => {
    put('images', 'c');
    writeSettings(places, 'web', 'ours');
    expect(findSettings(places, 'web')).toMatchObject({ text: 'ours', place: 'administrator' });
    expect(statSync(settingsPath(places.administrator, 'web')).mode & 0o777).toBe(0o600);
    expect(readFileSync(settingsPath(places.images, 'web'), 'utf8')).toBe('c');
    writeSettings(places, 'web', undefined);
    expect(findSettings(places, 'web')?.text).toBe('c');
    writeSettings(places, 'web', undefined);
  });

  it('keeps the mode of a file that was there', () => {
    put('administrator', 'a');
    execFileSync('chmod', ['640', settingsPath(places.administrator, 'web')]);
    writeSettings(places, 'web', 'b');
    expect(statSync(settingsPath(places.administrator, 'web')).mode & 0o777).toBe(0o640);
  });

  it('follows no link: neither in its place nor where it is written first', () => {
    const victim = join(root, 'victim');
    writeFileSync(victim, 'mine');
    mkdirSync(places.administrator, { recursive: true });
    symlinkSync(victim, settingsPath(places.administrator, 'web'));
    expect(() => writeSettings(places, 'web', 'b')).toThrow('is a link');
    expect(readlinkSync(settingsPath(places.administrator, 'web'))).toBe(victim);
    symlinkSync(victim, `${settingsPath(places.administrator, 'db')}.new`);
    expect(() => writeSettings(places, 'db', 'b')).toThrow('ELOOP');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(lstatSync(settingsPath(places.administrator, 'db'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('takes no bytes away that it could not read', () => {
    put('administrator', Buffer.from([0x5b, 0xff, 0x5d]));
    expect(() => writeSettings(places, 'web', 'b')).toThrow('is not UTF-8');
  });
});

describe('what ours begins with', () => {
  const hostile = `[Exec]
Hostname=web
Capability=CAP_SYS_ADMIN \\
  CAP_SYS_MODULE
PrivateUsers=no
SystemCallFilter=~mount
SystemCallFilter=@known
[Files]
Bind=/
ReadOnly=yes
[Network]
Bridge=br0
[X-Tsmachine]
Template=mine
`;

  it("is the administrator's text as it is, and that of /run with a word of where it is from", () => {
    expect(begunText({ path: '/etc/a', text: hostile, place: 'administrator' })).toBe(hostile);
    expect(begunText({ path: '/run/a', text: hostile, place: 'runtime' })).toBe(`# From /run/a\n${hostile}`);
  });

  it('is of an image only what systemd-nspawn took of it: in /etc all would be trusted', () => {
    const text = begunText({ path: '/var/lib/machines/web.nspawn', text: hostile, place: 'images' });
    const taken = [
      ['Exec', 'Hostname', ['web']],
      ['Exec', 'Capability', []],
      ['Exec', 'PrivateUsers', []],
      ['Exec', 'SystemCallFilter', ['~mount']],
      ['Files', 'Bind', []],
      ['Files', 'ReadOnly', ['yes']],
      ['Network', 'Bridge', []],
      ['X-Tsmachine', 'Template', []],
    ] as const;
    for (const [section, key, values] of taken) expect(readValues(text, section, key), key).toEqual(values);
    expect(text).toContain('# not trusted: Capability=CAP_SYS_ADMIN \\\n# not trusted:   CAP_SYS_MODULE\n');
    const changed = changeText(text, [{ section: 'Exec', key: 'Boot', values: ['yes'] }]);
    expect(readValues(changed, 'Exec', 'Capability')).toEqual([]);
  });

  it.each(['\r', '\n\r', '\0', '\r\n'])('hides no line behind the line end %j', (end) => {
    const text = `[Exec]${end}Capability=a \\${end}#${end}CAP_SYS_ADMIN${end}PrivateUsers=no`;
    const begun = begunText({ path: 'p', text, place: 'images' });
    expect(readValues(begun, 'Exec', 'PrivateUsers')).toEqual([]);
    expect(readValues(begun, 'Exec', 'Capability')).toEqual([]);
    expect(
      begun.split(/[\n\r\0]+/).filter((line) => /CAP|Private/.test(line) && !line.startsWith('#')),
    ).toEqual([]);
  });
});

describe('faults of an edited text', () => {
  it('are told with their line: what systemd would silently do without', () => {
    expect(settingsFaults('# fine\n[Exec]\nBoot=yes\n[X-Mine]\na=b\n')).toEqual([]);
    expect(settingsFaults('Boot=yes\n[Exce]\nBoot\n[Exec\nUser=a \\')).toEqual([
      { line: 1, why: 'it stands in no section' },
      { line: 2, why: expect.stringContaining('there is no section [Exce]') },
      { line: 3, why: 'there is no "=" in it' },
      { line: 4, why: 'no valid name of a section' },
      { line: 5, why: 'the text ends where the line goes on' },
    ]);
  });
});
