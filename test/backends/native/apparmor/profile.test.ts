import { describe, expect, it } from 'vitest';
import type { BackendError } from '../../../../src/backends/backend.ts';
import { profileName } from '../../../../src/backends/native/apparmor/choose.ts';
import { profileOf } from '../../../../src/backends/native/apparmor/profile.ts';
import { HOST, machineSpec } from '../machine-spec.ts';

const kinds = [false, true].flatMap((privileged) =>
  [false, true].map((nesting) => ({ privileged, nesting })),
);
const ready = { ...HOST, apparmor: 'ready' as const };

describe('the profile of machines', () => {
  // A profile is loaded under its name once a boot: whoever changes the text raises VERSION in profile.ts.
  it.each(kinds)('of a kind is what it was under this name: %j', async (kind) => {
    const { name, text } = profileOf(kind);
    await expect(text).toMatchFileSnapshot(`../../../golden/${name}.apparmor`);
  });

  it('has another name for each kind, and names itself as whom it may signal and trace', () => {
    expect(new Set(kinds.map((kind) => profileOf(kind).name)).size).toBe(4);
    for (const kind of kinds) {
      const { name, text } = profileOf(kind);
      expect(text).toContain(`profile ${name} `);
      expect([...text.matchAll(/peer=(\S+),/g)].map(([, peer]) => peer)).toEqual([name, name]);
    }
  });

  it('keeps overlays for nesting, and disks from the privileged', () => {
    const text = (privileged: boolean, nesting: boolean) => profileOf({ privileged, nesting }).text;
    expect(text(false, false)).toContain('deny mount fstype=overlay,');
    expect(text(false, true)).not.toContain('deny mount');
    expect(text(false, false)).not.toContain('fstype=ext4');
    expect(text(true, false)).toContain('deny mount fstype=ext4,');
  });
});

describe('a machine', () => {
  it('has the profile of its kind where the host can load it, and none elsewhere', () => {
    expect(profileName(machineSpec(), ready)).toBe('tsmachine-default-v1');
    expect(profileName(machineSpec({ nesting: true }), ready)).toBe('tsmachine-nesting-v1');
    expect(profileName(machineSpec(), HOST)).toBeUndefined();
    expect(profileName(machineSpec(), { ...HOST, apparmor: 'without-parser' })).toBeUndefined();
    expect(profileName(machineSpec({ apparmor: 'off' }), ready)).toBeUndefined();
  });

  it('has the profile that a person named, and does not start where there cannot be one', () => {
    const spec = machineSpec({ apparmor: 'mine' });
    expect(profileName(spec, ready)).toBe('mine');
    expect(profileName(spec, { ...HOST, apparmor: 'without-parser' })).toBe('mine');
    let refused: BackendError | undefined;
    try {
      profileName(spec, HOST);
    } catch (error) {
      refused = error as BackendError;
    }
    expect(refused).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('default') });
  });
});
