/** One text file in two states, as a unified diff. */
import { createTwoFilesPatch } from 'diff';

/** How a file stands in one state; undefined content: there is none, or none that can be shown. */
export interface FileSide {
  /** As it stands in the head of the diff, for example web@snap1:/etc/hosts. */
  readonly label: string;
  readonly content: Buffer | undefined;
}

/** A NUL byte so near the beginning is what git, too, takes for the mark of a binary file. */
const LOOKED_AT = 8_000;

/** Larger ones are not compared line by line: it would take minutes. Bytes. */
export const TEXT_LIMIT = 4 * 1024 * 1024;

/** Undefined if both are the same. `binary`: they differ, and are no text. */
export function textDiff(before: FileSide, after: FileSide): string | 'binary' | undefined {
  const [from, to] = [before.content ?? Buffer.alloc(0), after.content ?? Buffer.alloc(0)];
  if (before.content !== undefined && after.content !== undefined && from.equals(to)) return undefined;
  if (isBinary(from) || isBinary(to)) return 'binary';
  const patch = createTwoFilesPatch(
    before.content === undefined ? '/dev/null' : before.label,
    after.content === undefined ? '/dev/null' : after.label,
    from.toString('utf8'),
    to.toString('utf8'),
  );
  // The first line, of equal signs, is a fashion of the library's and no part of the format.
  return patch.slice(patch.indexOf('--- '));
}

function isBinary(content: Buffer): boolean {
  return content.subarray(0, LOOKED_AT).includes(0);
}
