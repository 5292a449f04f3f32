/** One thing that the domain's face does, whoever keeps the machines. */
import type { World } from './world.ts';

export interface Case {
  /** The command of the program that does it. */
  readonly command: string;
  /** What it does: a row of the table in docs/backends.md. */
  readonly does: string;
  /** Fails as a test does. What the backend truly cannot do is thrown as 'unsupported', and recorded. */
  readonly run: (world: World) => Promise<void>;
  /** The fake has no processes, no streams and no kernel: it does not play it. */
  readonly needsKernel?: true;
}

/** Cases of one command. */
export function casesOf(
  command: string,
  cases: Readonly<Record<string, Case['run']>>,
  options: Pick<Case, 'needsKernel'> = {},
): readonly Case[] {
  return Object.entries(cases).map(([does, run]) => ({ command, does, run, ...options }));
}

export const kernel = { needsKernel: true } as const;
