/** Mounting a stack takes longer with each layer: from here on it is worth a look after every snapshot (compaction.ts). */
export const DEEP = 100;

/** Of a machine's layers before one more came upon them. */
export function mayBeDeep(layers: readonly string[]): boolean {
  return layers.length + 1 > DEEP;
}
