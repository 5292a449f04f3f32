import { resolve } from 'node:path';
import { MachineError } from '../../machines/errors.ts';
import type { BindOutcome, Machines } from '../../machines/machines.ts';
import { toPlainPath } from '../../machines/values/plain-path.ts';
import { defineCommand } from '../program/command-definition.ts';

interface Options {
  readonly readOnly?: true;
  readonly remove?: true;
  readonly force?: true;
}

const help = `
A machine that runs has it at once, and every one at its next start too. Ids are mapped: what belongs to the host's root belongs to
the machine's root there. With --remove, HOSTPATH may also be the path inside.

  tsmachine bind web ~/site /srv/www --read-only
  tsmachine bind web ~/site --remove`;

export const command = defineCommand<Options>({
  attempt: 'bind into',
  completeArguments: ['machine', 'files', 'nothing'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .argument('<hostpath>', 'a directory or file of the host')
      .argument('[path]', 'where in the machine, absolute; without it the same as HOSTPATH')
      .option('-r, --read-only', 'the machine cannot write to it')
      .option('--remove', 'take the bind away')
      .option('-f, --force', 'with --remove: also while it is in use')
      .addHelpText('after', help);
  },
  run: async ({ output, machines }, [name = '', hostPath = '', inside], options) => {
    const source = resolve(hostPath);
    const path = inside === undefined ? undefined : plain(inside);
    const outcome = await change(await machines(), name, source, path, options);
    const { bind, live } = outcome;
    if (output.json) output.document({ name, ...bind, removed: options.remove === true, live });
    output.report(`${name}: ${words(outcome, options.remove === true)}`);
    return 0;
  },
});

function change(
  machines: Machines,
  name: string,
  source: string,
  path: string | undefined,
  { readOnly, remove, force }: Options,
): Promise<BindOutcome> {
  if (remove === true) return machines.unbind(name, { source, path, force: force === true });
  return machines.bind(name, { source, path: path ?? plain(source), readOnly: readOnly === true });
}

function plain(path: string): string {
  const found = toPlainPath(path);
  if (found !== undefined) return found;
  throw new MachineError('usage', `"${path}" is not a path inside a machine`, {
    subject: path,
    hint: 'an absolute path without ".."',
  });
}

function words({ bind, live }: BindOutcome, removed: boolean): string {
  if (removed) return `${bind.path} is ${live ? 'taken away' : 'not bound any more'}`;
  const how = bind.readOnly ? ', read-only' : '';
  return `${bind.source} is bound to ${bind.path}${how}${live ? '' : ' from its next start on'}`;
}
