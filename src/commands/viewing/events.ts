import type { MachineEvent } from '../../machines/events/events.ts';
import { eventLine } from '../../presentation/lines/event-text.ts';
import { defineCommand } from '../program/command-definition.ts';
import { atLeastOne, timeOrAge } from '../program/option-values.ts';
import { untilSignal } from '../program/until-signal.ts';

interface Options {
  readonly follow?: true;
  readonly since?: Date;
  readonly lines?: number;
}

/** Shown before what happens from now on, as `tail -f` does. */
const BEFORE_FOLLOWING = 10;

export const command = defineCommand<Options>({
  attempt: 'read the events of',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command
      .argument('[name]', 'only of this machine')
      .option('-f, --follow', `the last ${BEFORE_FOLLOWING}, then what happens`)
      .option('-n, --lines <count>', 'only the last ones', atLeastOne)
      .option('--since <time>', 'from this time or age (10m, 2h, 7d) on', timeOrAge);
  },
  run: async ({ output, machines }, [name], { follow, since, lines }) => {
    const opened = await machines();
    const filter = name === undefined ? {} : { name };
    let shown = 0;
    const show = (event: MachineEvent): void => {
      shown += 1;
      if (output.json) output.document({ ...event });
      else output.print([eventLine(event, { withName: true })]);
    };
    const past = opened.events(since === undefined ? filter : { ...filter, since });
    const most = lines ?? (follow === true && since === undefined ? BEFORE_FOLLOWING : undefined);
    for await (const event of most === undefined ? past : await lastOf(past, most)) show(event);
    if (follow !== true) {
      if (shown === 0 && !output.json && !output.quiet) output.note('no events');
      return 0;
    }
    return untilSignal(async (signal) => {
      for await (const event of opened.followEvents(filter, signal)) show(event);
    });
  },
});

async function lastOf(events: AsyncIterable<MachineEvent>, most: number): Promise<readonly MachineEvent[]> {
  const last: MachineEvent[] = [];
  for await (const event of events) {
    last.push(event);
    // In steps: a shift at each event would move them all.
    if (last.length >= 2 * most) last.splice(0, last.length - most);
  }
  return last.slice(-most);
}
