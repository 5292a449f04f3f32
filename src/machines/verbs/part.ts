import type { Machines } from '../machines.ts';

/** Some of the domain's verbs: each file of this folder wires those of one kind. */
export type Part<K extends keyof Machines> = Pick<Machines, K>;
