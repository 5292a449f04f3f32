/** What happened to it, the newest first. */
import type { MachineEvent } from '../../machines/events/events.ts';
import type { Machines } from '../../machines/machines.ts';
import { eventLine } from '../../presentation/lines/event-text.ts';
import { wrapWords } from '../row-text.ts';
import { definePane, textLines } from './pane.ts';

const KEPT = 1000;

export const events = definePane<readonly MachineEvent[]>({
  tab: 'events',
  title: 'Events',
  place: 'detail',
  choosable: false,
  load: pastEvents,
  lines: ({ value, theme, width }) =>
    value.length === 0
      ? [{ text: theme.paint('dim', 'nothing has happened to it yet') }]
      : textLines(
          value.flatMap((event) => wrapWords(eventLine(event, { withName: false }), width, ' '.repeat(21))),
        ),
});

async function pastEvents(machines: Machines, name: string): Promise<readonly MachineEvent[]> {
  const past: MachineEvent[] = [];
  for await (const event of machines.events({ name })) past.push(event);
  return past.slice(-KEPT).reverse();
}
