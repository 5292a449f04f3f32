/** What a machine may do with which devices: the rules of cgroup-v1/devices.rst, that v2's programs are made from as well. */

export type DeviceType = 'b' | 'c';

export interface DeviceNumber {
  readonly type: DeviceType;
  readonly major: number | '*';
  readonly minor: number | '*';
}

export interface DeviceRule extends DeviceNumber {
  /** Of r (read), w (write) and m (mknod), in this order. */
  readonly access: string;
}

/** Everything that no rule allows is refused; `all`: there is no guard. */
export type DeviceRules = readonly DeviceRule[] | 'all';

/** As v1's files and lxc's settings write it: `c 1:3 rwm`. */
export function formatRule(rule: DeviceRule): string {
  return `${formatNumber(rule)} ${rule.access}`;
}

export function formatNumber({ type, major, minor }: DeviceNumber): string {
  return `${type} ${major}:${minor}`;
}

/** Undefined for any other text. */
export function parseNumber(text: string): DeviceNumber | undefined {
  const [, type, major = '', minor = ''] = /^([bc]) (\d+|\*):(\d+|\*)$/.exec(text) ?? [];
  if (type === undefined) return undefined;
  const part = (digits: string) => (digits === '*' ? '*' : Number(digits));
  return { type: type as DeviceType, major: part(major), minor: part(minor) };
}

/** Undefined for any other text. */
export function parseRule(text: string): DeviceRule | undefined {
  const space = text.lastIndexOf(' ');
  const number = parseNumber(text.slice(0, space));
  const access = text.slice(space + 1);
  return number === undefined || !/^r?w?m?$/.test(access) || access === ''
    ? undefined
    : { ...number, access };
}

/** One rule for each device, with all that is allowed of it: a rule must allow an access whole. */
export function mergeRules(rules: readonly DeviceRule[]): readonly DeviceRule[] {
  const merged = new Map<string, DeviceRule>();
  for (const rule of rules) {
    const key = formatNumber(rule);
    merged.set(key, { ...rule, access: unite(merged.get(key)?.access ?? '', rule.access) });
  }
  return [...merged.values()];
}

/** What of `rules` is not in `others`, device by device. */
export function withoutRules(
  rules: readonly DeviceRule[],
  others: readonly DeviceRule[],
): readonly DeviceRule[] {
  const access = new Map(others.map((rule) => [formatNumber(rule), rule.access]));
  return rules
    .map((rule) => ({ ...rule, access: subtract(rule.access, access.get(formatNumber(rule)) ?? '') }))
    .filter((rule) => rule.access !== '');
}

function unite(one: string, other: string): string {
  return [...'rwm'].filter((letter) => one.includes(letter) || other.includes(letter)).join('');
}

function subtract(one: string, other: string): string {
  return [...one].filter((letter) => !other.includes(letter)).join('');
}
