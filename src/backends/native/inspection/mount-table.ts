/** /proc/PID/mountinfo: proc_pid_mountinfo(5). */
import type { Mount } from '../../inspection.ts';

/** Lines that are none, such as one that was cut off, are left out. */
export function parseMountTable(mountinfo: string): readonly Mount[] {
  return mountinfo
    .split('\n')
    .map(parseMount)
    .filter((mount) => mount !== undefined);
}

/** Optional fields of any number end with a lone hyphen; no other field can be one. */
export function parseMount(line: string): Mount | undefined {
  const fields = line.split(' ');
  const hyphen = fields.indexOf('-', 6);
  const [, , , root, path, options] = fields;
  const [type, source, superOptions] = hyphen < 0 ? [] : fields.slice(hyphen + 1);
  if (root === undefined || path === undefined || options === undefined) return undefined;
  if (type === undefined || source === undefined || superOptions === undefined) return undefined;
  return {
    path: unescapeOctal(path),
    root: unescapeOctal(root),
    type: unescapeOctal(type),
    source: unescapeOctal(source),
    options: options.split(','),
    superOptions: superOptions.split(',').map(unescapeOctal),
  };
}

/** The kernel writes space, tab, newline, backslash and here and there # as \ooo. */
function unescapeOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
