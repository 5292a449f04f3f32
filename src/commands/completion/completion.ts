import { Argument } from 'commander';
import { defineCommand } from '../program/command-definition.ts';
import { completionScripts, type Shell } from './scripts.ts';

const shells = Object.keys(completionScripts) as readonly Shell[];

export const command = defineCommand<object>({
  attempt: 'print the completion for',
  completeArguments: ['shell', 'nothing'],
  declare: (command) => {
    command
      .addArgument(new Argument('<shell>', 'the shell').choices(shells))
      .addHelpText(
        'after',
        '\nbash: eval "$(tsmachine completion bash)"\nzsh:  the same in .zshrc, behind compinit\nfish: tsmachine completion fish > ~/.config/fish/completions/tsmachine.fish',
      );
  },
  run: async ({ output }, [shell = 'bash']) => {
    const script = completionScripts[shell as Shell];
    if (output.json) output.document({ shell, script });
    else output.raw(script);
    return 0;
  },
});
