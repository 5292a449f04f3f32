/** One event as a line. Pure. */
import { describeEvent, type MachineEvent } from '../../machines/events/events.ts';
import { visible } from '../plain-text.ts';
import { formatTime } from '../units.ts';

export function eventLine(event: MachineEvent, options: { readonly withName: boolean }): string {
  const time = formatTime(new Date(event.time));
  const words = visible(describeEvent(event));
  return options.withName ? `${time}  ${visible(event.name)}  ${words}` : `${time}  ${words}`;
}
