import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isLoaded, readAppArmor } from '../../../../src/backends/native/apparmor/host.ts';
import { createMachineFixture, type MachineFixture } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture();
});
afterEach(() => fixture.remove());

const PROFILES = 'sys/kernel/security/apparmor/profiles';

it('a host has AppArmor if its policy is there, and can load a profile with the parser', () => {
  fixture.write('sys/module/apparmor/parameters/enabled', 'Y\n');
  expect(readAppArmor(fixture.root)).toBe('absent');
  fixture.write(PROFILES, '');
  expect(readAppArmor(fixture.root)).toBe('without-parser');
  fixture.write('sbin/apparmor_parser', '#!/bin/sh\n');
  chmodSync(`${fixture.root}/sbin/apparmor_parser`, 0o755);
  expect(readAppArmor(fixture.root)).toBe('ready');
});

it('a profile is loaded if the kernel lists it by this very name', () => {
  expect(isLoaded('tsmachine-default-v1', fixture.root)).toBe(false);
  fixture.write(PROFILES, 'lsb_release (enforce)\ntsmachine-default-v12 (enforce)\n');
  expect(isLoaded('tsmachine-default-v1', fixture.root)).toBe(false);
  fixture.write(PROFILES, 'lsb_release (enforce)\ntsmachine-default-v1 (enforce)\n');
  expect(isLoaded('tsmachine-default-v1', fixture.root)).toBe(true);
});
