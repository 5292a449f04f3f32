import { describe, expect, it } from 'vitest';
import { changeText, readValues } from '../../../../src/backends/nspawn/settings/change-text.ts';
import {
  type OwnFacts,
  readOwnFacts,
  withOwnFacts,
} from '../../../../src/machines/managed/images/own-facts.ts';

const settings = { values: readValues, changed: changeText };

const all: OwnFacts = {
  template: 'debian',
  templateOptions: { release: 'trixie', 'odd "key"': 'two\nlines' },
  imageKey: 'debian-trixie-amd64',
  createdAt: '2026-11-29T00:00:00.000Z',
  goesOnFrom: 'before-upgrade',
  ephemeral: true,
  takenAt: '2026-11-29T01:02:03.004Z',
  machine: 'web',
  comment: 'before\nthe "upgrade" \\',
  parent: 'first',
  automatic: true,
  scheduled: true,
  expiresAt: '2026-12-29T00:00:00.000Z',
  frozenMs: 12,
  offspring: { parent: 'first', current: true, children: { third: '2026-11-30T00:00:00.000Z' } },
  bytes: 4096,
};

describe('what only we know of a machine', () => {
  it('is read as it was written, whatever text it is', () => {
    expect(readOwnFacts(settings, withOwnFacts(settings, undefined, all))).toEqual(all);
  });

  it.each([' ', '', '"', 'a\\', '\0\r\n\u2028', '[Exec]', '# no', '\u{1F600}\u202E', '"quoted"', '\uD800'])(
    'keeps the comment %j, and nothing else comes of it',
    (comment) => {
      const text = withOwnFacts(settings, '[Exec]\nBoot=yes\n', { comment });
      expect(readOwnFacts(settings, text)).toEqual({ comment });
      expect(text.split('\n')).toHaveLength(6);
    },
  );

  it('goes when it is undefined, and stays when it is not named', () => {
    const text = withOwnFacts(settings, withOwnFacts(settings, undefined, all), {
      comment: undefined,
      frozenMs: 3,
    });
    const { comment: _, ...others } = all;
    expect(readOwnFacts(settings, text)).toEqual({ ...others, frozenMs: 3 });
  });

  it('is as if it was not there when a person wrote what it cannot be', () => {
    const text = `[X-Tsmachine]
CreatedAt=yesterday
TemplateOptions=["a"]
Parent=../other
Automatic=perhaps
FrozenMSec=-1
Comment="open
Template=debian
`;
    expect(readOwnFacts(settings, text)).toEqual({ template: 'debian' });
  });
});
