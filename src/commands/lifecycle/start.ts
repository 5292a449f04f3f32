import { MachineError } from '../../machines/errors.ts';
import { defineCommand } from '../program/command-definition.ts';
import { actOnMachines } from '../program/several-machines.ts';
import { enterConsole } from '../terminal/enter-console.ts';

interface Options {
  readonly all?: true;
  readonly ifNeeded?: true;
  readonly wait?: true;
  readonly console?: true;
}

export const command = defineCommand<Options>({
  attempt: 'start',
  completeArguments: ['machine'],
  declare: (command) => {
    command
      .argument('[names...]', 'machines')
      .option('-a, --all', 'all stopped machines')
      .option('--if-needed', 'a machine that runs already is no error')
      .option('--wait', 'return only when the machine is running')
      .option('--console', 'then attach to its console (one machine)');
  },
  run: async (context, names, options) => {
    const [only] = names;
    if (options.console === true && (only === undefined || names.length > 1)) {
      throw new MachineError('usage', '--console goes with exactly one name');
    }
    const choice = { names, all: options.all === true, states: ['stopped' as const] };
    const exitCode = await actOnMachines(context, choice, {
      attempt: 'start',
      act: async (machines, name) => {
        await machines.start(name, { ifNeeded: options.ifNeeded === true });
        if (options.wait === true) await machines.waitForState(name, ['running'], undefined);
        return { words: 'started' };
      },
    });
    if (options.console !== true || only === undefined || exitCode !== 0) return exitCode;
    return enterConsole(context, only, { escape: undefined, record: undefined, recordInput: false });
  },
});
