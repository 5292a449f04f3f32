/** Which machine an image is about, whatever it is of it: what it is now, a kept state, or hidden. */
import { splitKeptState } from './image-names.ts';
import { parseRestored } from './restored-names.ts';
import { parseTrashed } from './trash-names.ts';

export function machineOfImage(image: string): string {
  return (parseTrashed(image) ?? parseRestored(image) ?? splitKeptState(image)).machine;
}
