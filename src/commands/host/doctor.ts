import type { Finding } from '../../backends/backend.ts';
import type { Colour } from '../../presentation/paint.ts';
import { visible } from '../../presentation/plain-text.ts';
import { defineCommand } from '../program/command-definition.ts';

const colours: Readonly<Record<Finding['verdict'], Colour>> = {
  ok: 'green',
  note: 'cyan',
  warning: 'yellow',
  problem: 'red',
};

/** A longer subject (a leftover's name) does not push all details aside. */
const widest = 32;

export const command = defineCommand<object>({
  attempt: 'examine this host',
  completeArguments: [],
  declare: (command) => {
    command.addHelpText('after', '\nExits with 1 if anything is a problem.');
  },
  run: async ({ output, machines }) => {
    const findings = await (await machines()).examineHost();
    const broken = findings.some(({ verdict }) => verdict === 'problem');
    if (output.json) {
      output.document({ findings });
    } else {
      const shown = output.quiet ? findings.filter(({ verdict }) => verdict !== 'ok') : findings;
      const width = Math.min(widest, Math.max(0, ...shown.map(({ subject }) => visible(subject).length)));
      output.print(
        shown.flatMap(({ subject, verdict, detail, fix }) => [
          `${output.paint(colours[verdict], verdict.padEnd(7))}  ${visible(subject).padEnd(width)}  ${visible(detail)}`,
          ...(fix === undefined ? [] : [`${' '.repeat(width + 11)}fix: ${visible(fix)}`]),
        ]),
      );
    }
    return broken ? 1 : 0;
  },
});
