import { MachineError } from '../../machines/errors.ts';
import { defineCommand } from '../program/command-definition.ts';
import { declareEnterOptions, type EnterOptions, enterMachine } from './enter-machine.ts';

export const command = defineCommand<EnterOptions>({
  attempt: 'open a shell in',
  failureExitCode: 125,
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    declareEnterOptions(command)
      .argument('<name>', 'the machine')
      .argument('[more...]', 'not taken: exec runs commands')
      .usage('[options] <name>');
  },
  run: async (context, [name = '', ...more], options) => {
    if (more.length > 0) {
      throw new MachineError('usage', 'shell takes no command', {
        hint: `tsmachine exec ${name} -- ${more.join(' ')}`,
      });
    }
    return enterMachine(context, name, undefined, options);
  },
});
