/** What a controller's file says about one file of a group: a write that limits, a reading that measures. */

export interface LimitWrite {
  readonly file: string;
  readonly value: string;
}

export interface Reading {
  readonly file: string;
  /** How the file's text becomes a number. */
  readonly parse: (text: string) => number;
}
