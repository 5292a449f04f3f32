/** One login in a machine: whatever there is that asks for a name. */
import { once } from 'node:events';
import { BackendError } from '../../backend.ts';
import { type DrivenTerminal, openDrivenTerminal } from '../../native/execution/driven-terminal.ts';
import type { ProcessId } from '../../native/life/process-stat.ts';
import { prepareEntering } from './entering.ts';
import type { FindMachine } from './leader.ts';

export interface Login {
  readonly terminal: DrivenTerminal;
  /** Of the machine's run that it is in. */
  readonly init: ProcessId;
  /** By performance.now(). */
  readonly openedAt: number;
  /** How many ended at once before this one. */
  readonly shortOnes: number;
}

/** What a window has until somebody says more. */
const SIZE = { columns: 80, rows: 24 } as const;
const NOT_FOUND = 127;

type Program = readonly [string, ...string[]];

/**
 * agetty asks for a name and gives it to login (agetty(8), `-`: on the terminal that it has). BusyBox has none; the console of its machines is
 * root's without a password as a rule, and who may do this is root on the host.
 */
function programs(type: string): readonly Program[] {
  return [
    ['agetty', '--noclear', '-', type],
    ['login', '-f', 'root'],
  ];
}

/** @throws BackendError as `prepareEntering`; 'unsupported' */
export async function openLogin(
  name: string,
  { find, helperPath }: { readonly find: FindMachine; readonly helperPath: string },
): Promise<Login> {
  const type = process.env['TERM'] ?? 'xterm-256color';
  const context = await prepareEntering(find, name);
  for (const argv of programs(type)) {
    const request = { ...SIZE, argv, type, user: 'root', environment: {} };
    const terminal = openDrivenTerminal(name, request, context, helperPath);
    const openedAt = performance.now();
    const code = await Promise.race([terminal.ended, hasOutput(terminal)]);
    if (code !== NOT_FOUND) return { terminal, init: context.init, openedAt, shortOnes: 0 };
  }
  throw new BackendError(
    'unsupported',
    `nothing in ${name} lets anybody log in: it has neither agetty nor login`,
    {
      hint: `Its root's shell: tsmachine shell ${name}`,
    },
  );
}

async function hasOutput({ output }: DrivenTerminal): Promise<undefined> {
  // Of a terminal that broke, its end tells.
  await once(output, 'readable').catch(() => {});
  if (output.readableLength > 0) return undefined;
  // The end is readable too, and comes when it was read; whoever it is the end of says more.
  output.read();
  return new Promise(() => {});
}
