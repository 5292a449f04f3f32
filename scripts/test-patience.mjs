/**
 * How long a test may take, in milliseconds. It ends what hangs and says nothing about speed: on a busy host a test that writes to disk, boots or
 * compiles is no matter of seconds.
 */
export const patience = {
  unit: 120_000,
  machines: 240_000,
  /** For what a test waits to see (expect.poll), and what it gives a command or a kernel to come about: never less than this, unless it shall be over. */
  poll: 60_000,
};
