/** Whether this host has AppArmor, and can load profiles: apparmor(7), securityfs. */
import { existsSync, readFileSync } from 'node:fs';
import { isExecutable } from '../executable.ts';
import type { AppArmorFact } from '../host-facts.ts';

/** The names of what is loaded: only where this kernel's policy is ours to change. Within a machine it is not to be seen. */
const PROFILES = '/sys/kernel/security/apparmor/profiles';
const ENABLED = '/sys/module/apparmor/parameters/enabled';
const PARSERS = ['/usr/sbin/apparmor_parser', '/sbin/apparmor_parser', '/usr/bin/apparmor_parser'];

/** @param hostRoot prefix of all paths */
export function readAppArmor(hostRoot = ''): AppArmorFact {
  if (!existsSync(hostRoot + PROFILES)) return 'absent';
  return findParser(hostRoot) === undefined ? 'without-parser' : 'ready';
}

/** The kernel has it, and it was not turned off at boot. */
export function isEnabledInKernel(hostRoot = ''): boolean {
  return readOrNothing(hostRoot + ENABLED).startsWith('Y');
}

export function findParser(hostRoot = ''): string | undefined {
  return PARSERS.map((path) => hostRoot + path).find(isExecutable);
}

/** A line each: `NAME (MODE)`. */
export function isLoaded(profile: string, hostRoot = ''): boolean {
  return readOrNothing(hostRoot + PROFILES)
    .split('\n')
    .some((line) => line.startsWith(`${profile} (`));
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
