import { visible } from '../../presentation/plain-text.ts';
import { defineCommand } from '../program/command-definition.ts';
import { answer } from './answer.ts';
import { joinBashWords } from './bash-words.ts';
import { completeWords } from './complete-words.ts';

export const command = defineCommand<object>({
  attempt: 'complete',
  completeArguments: ['nothing'],
  declare: (command) => {
    command
      .argument('<shell>', 'bash, zsh or fish')
      .argument('[words...]', 'behind --; the last one is completed');
  },
  run: async ({ output, machines }, [shell, ...given]) => {
    const { words, offset } = shell === 'bash' ? joinBashWords(given) : { words: given, offset: 0 };
    const wish = await completeWords(words);
    if (wish.kind === 'files') {
      output.print([':files']);
      return 0;
    }
    const candidates = await answer(wish, machines);
    output.print(
      candidates.map(({ value, description }) => `${value.slice(offset)}\t${visible(description)}`),
    );
    return 0;
  },
});
