/** Lists of processors and memory nodes such as `0-3,7`: "List format" of cpuset(7). */

/** More than Linux can be built for. */
const MOST = 65_536;

/** The list without blanks, undefined if it is none. */
export function parseMembers(text: string): string | undefined {
  const list = text.replace(/\s+/g, '');
  return list !== '' && list.split(',').every(isRange) ? list : undefined;
}

function isRange(part: string): boolean {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
  return first !== undefined && Number(first) <= Number(last) && Number(last) < MOST;
}
