/** How a call can fail, before it is said in a person's words (bus-errors.ts). */

/** The answer was an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** For example org.freedesktop.machine1.NoSuchMachine. */
  readonly errorName: string;

  constructor(errorName: string, text: string) {
    super(text);
    this.errorName = errorName;
  }
}

/** The connection is no more; whether the call was heard is not known. */
export class LinkLost extends Error {
  override readonly name = 'LinkLost';
  /** Of the socket: ENOENT, ECONNREFUSED, EACCES ...; undefined when the other side ended it. */
  readonly errno: string | undefined;

  constructor(text: string, errno?: string) {
    super(text);
    this.errno = errno;
  }
}

export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    super(`no answer for ${milliseconds / 1000} s`);
    this.milliseconds = milliseconds;
  }
}
