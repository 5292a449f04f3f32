import { MachineError } from '../errors.ts';
import { parseSignal } from '../values/signal-names.ts';

/** `text`: a name with or without SIG, or a number. Throws `usage`. */
export function askedSignal(text: string): string {
  const name = parseSignal(text);
  if (name !== undefined) return name;
  throw new MachineError('usage', `there is no signal "${text}"`, {
    subject: text,
    hint: 'names such as SIGTERM, USR1, RTMIN+3, or numbers',
  });
}
