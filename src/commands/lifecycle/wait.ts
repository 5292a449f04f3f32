import type { MachineState } from '../../machines/machines.ts';
import { defineCommand } from '../program/command-definition.ts';
import { machineStates, seconds } from '../program/option-values.ts';
import { actOnMachines } from '../program/several-machines.ts';

interface Options {
  readonly state: readonly MachineState[];
  readonly timeout?: number;
}

export const command = defineCommand<Options>({
  attempt: 'wait for',
  completeArguments: ['machine'],
  completeOptions: { '--state': 'state' },
  declare: (command) => {
    command
      .argument('<names...>', 'machines')
      .option('-s, --state <state,...>', 'the state to wait for', machineStates, ['stopped'])
      .option('-t, --timeout <seconds>', 'fail after so long', seconds);
  },
  run: (context, names, { state, timeout }) =>
    actOnMachines(
      context,
      { names, all: false, states: [] },
      {
        attempt: 'wait for',
        act: async (machines, name) => {
          await machines.waitForState(name, state, timeout);
          return { words: state.join(' or '), fields: { states: state } };
        },
      },
    ),
});
