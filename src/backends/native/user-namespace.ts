/** Whether this host is a container with ids of its own: user_namespaces(7). */
import { readSmallFile } from './life/small-file.ts';

/** Outside of all of them each id is itself. False where it cannot be read. */
export function isInUserNamespace(procRoot = '/proc'): boolean {
  const map = readSmallFile(`${procRoot}/self/uid_map`);
  return map !== undefined && !/^\s*0\s+0\s+4294967295\s*$/.test(map);
}
