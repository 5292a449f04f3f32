import { it } from 'vitest';

/** A test that is only there where it makes sense. (What is skipped should run and cannot.) */
export function itWhere(applies: boolean): (name: string, work: () => Promise<void>) => void {
  return applies ? (name, work) => it(name, work) : () => {};
}
