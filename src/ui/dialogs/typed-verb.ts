/** A verb that can be typed behind `:`, and what was given to it. */
import type { parseArgs } from 'node:util';
import type { DashboardState } from '../state/dashboard-state.ts';
import type { Pressed } from '../state/pressed.ts';

export interface Given {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

export interface TypedVerb {
  readonly usage: string;
  /** Fewest and most words behind the verb. */
  readonly words: readonly [number, number];
  readonly options?: NonNullable<Parameters<typeof parseArgs>[0]>['options'];
  /** Nothing of machines is changed by it. */
  readonly harmless?: true;
  readonly run: (state: DashboardState, given: Given, now: number) => Pressed;
}
