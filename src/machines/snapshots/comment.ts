/** What a person may write beside a snapshot: it is stored, listed and exported with it. */
import { MachineError } from '../errors.ts';

const MOST_CHARACTERS = 1024;

export function isComment(text: string): boolean {
  return [...text].length <= MOST_CHARACTERS && !/\p{Cc}/u.test(text);
}

/** Throws `usage`. */
export function checkComment(text: string | undefined): void {
  if (text === undefined || isComment(text)) return;
  const length = [...text].length;
  const why =
    length > MOST_CHARACTERS ? `the comment has ${length} characters` : 'the comment has control characters';
  throw new MachineError('usage', why, {
    hint: `one line of at most ${MOST_CHARACTERS} characters, without tabs and other control characters`,
  });
}
