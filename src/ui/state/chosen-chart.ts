/** Which chart is the chosen one, and whether it has the pane for itself. Pure. */

export interface ChosenChart {
  /** Undefined: the first. */
  readonly title: string | undefined;
  readonly alone: boolean;
}

export const firstChart: ChosenChart = { title: undefined, alone: false };

/** Where it is among those that are told. */
export function chosenIndex(titles: readonly string[], { title }: ChosenChart): number {
  return Math.max(0, titles.indexOf(title ?? ''));
}
