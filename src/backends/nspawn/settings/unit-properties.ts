import type { TypedValue } from '../bus/calls.ts';

/** As org.freedesktop.systemd1(5) has them: by name, 64-bit integers as bigint. */
export type UnitProperties = Readonly<Record<string, unknown>>;

/** In the order in which they are set: of a name that is there twice the first empties the list. */
export type PropertyList = readonly (readonly [name: string, value: TypedValue])[];
