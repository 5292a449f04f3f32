/** How people name devices: as lxc's devices.allow, systemd's DeviceAllow= and the kernel's own lists do. */

/** Bits of makedev(3). */
const LARGEST_MAJOR = 4095;
const LARGEST_MINOR = 2 ** 20 - 1;

export function isDeviceName(text: string): boolean {
  const [, major, minor] = /^[bc] (\d{1,4}|\*):(\d{1,7}|\*)$/.exec(text) ?? [];
  if (major !== undefined) return isUpTo(major, LARGEST_MAJOR) && isUpTo(minor ?? '', LARGEST_MINOR);
  return text === 'a' || /^\/[^\s=]+$/.test(text) || /^(?:char|block)-[^\s=]+$/.test(text);
}

function isUpTo(text: string, largest: number): boolean {
  return text === '*' || Number(text) <= largest;
}

/** In the kernel's order; undefined if it is no access. */
export function parseDeviceAccess(text: string): string | undefined {
  if (!/^[rwm]{1,3}$/.test(text)) return undefined;
  return [...'rwm'].filter((letter) => text.includes(letter)).join('');
}
