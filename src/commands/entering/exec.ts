import { MachineError } from '../../machines/errors.ts';
import { defineCommand } from '../program/command-definition.ts';
import { declareEnterOptions, type EnterOptions, enterMachine, parseBehindName } from './enter-machine.ts';

export const command = defineCommand<EnterOptions>({
  attempt: 'execute a command in',
  failureExitCode: 125,
  passesOptionsThrough: true,
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    declareEnterOptions(command)
      .argument('<name>', 'the machine')
      .argument('<command...>', 'the command and its arguments; behind -- if options come before it')
      .addHelpText('after', exitCodes)
      .passThroughOptions();
  },
  run: async (context, [name = '', ...words], before) => {
    const { options, operands } = parseBehindName(words, before);
    const [program, ...args] = operands;
    if (program === undefined) throw new MachineError('usage', 'the command is missing');
    return enterMachine(context, name, [program, ...args], options);
  },
});

const exitCodes = `
Exits with the command's own code; 125 if tsmachine failed, 126 not executable, 127 not found,
128+N if signal N ended it.`;
