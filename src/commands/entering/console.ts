import { InvalidArgumentError } from 'commander';
import { MachineError } from '../../machines/errors.ts';
import { logText } from '../../presentation/lines/log-text.ts';
import { type Leader, parseLeader } from '../../terminal/escape-keys.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { enterConsole } from './enter-console.ts';

interface Options {
  readonly escape?: Leader | 'none';
  readonly log?: true;
  readonly raw?: true;
  readonly record?: string;
  readonly recordInput?: true;
}

export const command = defineCommand<Options>({
  attempt: 'open the console of',
  completeArguments: ['machine', 'nothing'],
  completeOptions: { '--record': 'files' },
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .option('--escape <key>', 'the leader: ^] (default), ^a, a character, or none', leader)
      .option('--log', 'print what is kept of its output, and leave')
      .option('--raw', 'with --log: terminal escapes as they are')
      .option('--record <file>', 'write an asciicast v2 recording')
      .option('--record-input', 'record what is typed too, passwords included')
      .addHelpText('after', keys);
  },
  run: async (context, [name = ''], options) => {
    if (options.log === true) return printLog(context, name, options.raw === true);
    if (options.raw === true) throw new MachineError('usage', '--raw goes with --log');
    if (options.recordInput === true && options.record === undefined) {
      throw new MachineError('usage', '--record-input goes with --record');
    }
    return enterConsole(context, name, {
      escape: options.escape,
      record: options.record,
      recordInput: options.recordInput === true,
    });
  },
});

const keys = `
Behind the leader (Ctrl-]): q or d leaves; Ctrl-] again leaves; ] sends a Ctrl-]; any other key is sent, the
leader too. A leader other than Ctrl-] twice sends one. The machine goes on when the console is left.`;

async function printLog({ output, machines }: CommandContext, name: string, raw: boolean): Promise<number> {
  const log = await (await machines()).readConsoleLog(name);
  if (output.json) output.document({ name, text: log.toString('utf8') });
  else output.raw(raw ? log : logText(log.toString('utf8')));
  return 0;
}

function leader(text: string): Leader | 'none' {
  const parsed = parseLeader(text);
  if (parsed !== undefined) return parsed;
  throw new InvalidArgumentError('It must be ^ and a key (^a), one character, or none.');
}
