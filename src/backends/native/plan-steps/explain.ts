/** What an explanation is made from: the arguments of one operation. */
export type Explain = (args: readonly string[]) => string;
