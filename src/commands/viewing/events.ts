import type { MachineEvent } from '../../machines/events.ts';
import { eventLine } from '../../presentation/event-text.ts';
import { defineCommand } from '../program/command-definition.ts';
import { timeOrAge } from '../program/option-values.ts';
import { untilSignal } from '../program/until-signal.ts';

interface Options {
  readonly follow?: true;
  readonly since?: Date;
}

export const command = defineCommand<Options>({
  attempt: 'read the events of',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command
      .argument('[name]', 'only of this machine')
      .option('-f, --follow', 'go on with what happens')
      .option('--since <time>', 'from this time or age (10m, 2h, 7d) on', timeOrAge);
  },
  run: async ({ output, machines }, [name], { follow, since }) => {
    const opened = await machines();
    const filter = name === undefined ? {} : { name };
    const show = (event: MachineEvent): void => {
      if (output.json) output.document({ ...event });
      else output.print([eventLine(event, { withName: true })]);
    };
    for await (const event of opened.events(since === undefined ? filter : { ...filter, since })) show(event);
    if (follow !== true) return 0;
    return untilSignal(async (signal) => {
      for await (const event of opened.followEvents(filter, signal)) show(event);
    });
  },
});
