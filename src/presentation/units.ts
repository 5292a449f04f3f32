/** Numbers as people read them. */

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < binaryUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${binaryUnits[unit]}`;
}

/** CPU time used, from microseconds. */
export function formatCpuTime(usec: number): string {
  const seconds = usec / 1e6;
  return seconds < 60 ? `${seconds.toFixed(2)}s` : formatDuration(seconds);
}

/** The two greatest units: 3d4h, 2h5m, 4m10s, 12s. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'm'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join('');
}

/** A short wait, from milliseconds: 12 ms, 1.2 s. */
export function formatWait(milliseconds: number): string {
  if (milliseconds >= 999.5) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 1 ? 'under 1' : Math.round(milliseconds)} ms`;
}

/** How long ago, or how long until: 2h5m ago, in 6d23h. */
export function formatDistance(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  return seconds > 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(-seconds)} ago`;
}

/** 2026-01-31 12:05:09, local time. */
export function formatTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return '?';
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

const shortUnits = ['', 'K', 'M', 'G', 'T', 'P'] as const;

/** At most four characters and a letter: 0, 87, 1.2K, 340M. `step` is 1024 for bytes. */
export function formatShort(value: number, step = 1000): string {
  let left = value;
  let unit = 0;
  while (Math.round(left) >= step && unit < shortUnits.length - 1) {
    left /= step;
    unit += 1;
  }
  return `${unit === 0 || left >= 9.95 ? Math.round(left) : left.toFixed(1)}${shortUnits[unit]}`;
}
