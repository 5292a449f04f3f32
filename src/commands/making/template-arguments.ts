/** The words behind `--` of create: KEY=VALUE, --KEY=VALUE or --KEY VALUE. */
import { MachineError } from '../../machines/errors.ts';

export function templateArguments(words: readonly string[]): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  const rest = words.values();
  for (const word of rest) {
    const bare = word.replace(/^--/, '');
    const at = bare.indexOf('=');
    const key = at === -1 ? bare : bare.slice(0, at);
    const value = at === -1 ? argumentOf(word, rest.next().value) : bare.slice(at + 1);
    if (key === '') throw new MachineError('usage', `${JSON.stringify(word)} names no template option`);
    options[key] = value;
  }
  return options;
}

function argumentOf(word: string, next: string | undefined): string {
  if (word.startsWith('--') && next !== undefined) return next;
  throw new MachineError('usage', `the template option ${word} has no value`, {
    hint: 'behind --: KEY=VALUE or --KEY VALUE',
  });
}
