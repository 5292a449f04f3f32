/** What is asked and told where there are no boxes: each dialog in lines. Pure. */
import { visible, visibleLines } from '../../presentation/plain-text.ts';
import { commandOfAll } from '../deeds/summary.ts';
import type { Dialog } from '../dialogs/dialog.ts';
import type { Effect } from '../state/pressed.ts';

export function askedWords(dialog: Dialog): readonly string[] {
  switch (dialog.kind) {
    case 'confirm':
      return [
        visible(dialog.title),
        ...dialog.lines.map(visible),
        `This is: ${visible(commandOfAll(dialog.deeds))}`,
        `Type ${visible(dialog.wanted ?? 'yes')} to go on; anything else cancels.`,
      ];
    case 'problems':
      return dialog.problems.flatMap(({ lines }) => lines.map(visibleLines));
    case 'text':
      return [visible(dialog.title), ...dialog.lines.map((line) => visible(line.slice(0, 1000)))];
    default:
      return [];
  }
}

/** What the line makes of the question: nothing, if it cancels. Undefined: nothing was asked. */
export function answerQuestion(dialog: Dialog, line: string): readonly Effect[] | undefined {
  if (dialog.kind !== 'confirm') return undefined;
  const agreed = line.trim() === (dialog.wanted ?? 'yes');
  return agreed ? [{ type: 'deeds', deeds: dialog.deeds }] : [];
}
