/** v1's lists of a group that is in use. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type ListWrite, listWrites, parseList } from './device-list.ts';
import type { DeviceRules } from './device-rule.ts';
import { guardRefused } from './guard-refused.ts';

export function readLists(group: string): DeviceRules | undefined {
  try {
    return parseList(readFileSync(`${group}/devices.list`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Returns what takes it back. */
export function changeLists(group: string, rules: DeviceRules): () => void {
  const before = readLists(group) ?? 'all';
  const undo = () => takeBack(group, before);
  for (const write of listWrites(before, rules)) {
    try {
      writeList(group, write);
    } catch (cause) {
      undo();
      const { code = String(cause) } = cause as NodeJS.ErrnoException;
      throw guardRefused('write', code, `${group}/${write.file}`, write.value);
    }
  }
  return undo;
}

/** What was allowed a moment ago; if the kernel refuses it now, the error that led here says what matters. */
function takeBack(group: string, before: DeviceRules): void {
  for (const write of listWrites(readLists(group) ?? 'all', before)) {
    try {
      writeList(group, write);
    } catch {}
  }
}

function writeList(group: string, { file, value }: ListWrite): void {
  writeFileSync(`${group}/${file}`, value, { flag: 'r+' });
}
