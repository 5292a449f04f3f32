/**
 * In place of the system's own init, which would boot all of it: a shell that waits, reaps what the command leaves behind, and ends when it
 * is asked to. `wait` is what a signal interrupts; the sleep is only there to be waited for.
 */
const INIT = 'trap "exit 0" TERM PWR USR2; while :; do sleep 2147483 & wait $!; done';

/** Settings of a machine for one command. */
export const lightInit = { init: JSON.stringify(['/bin/sh', '-c', INIT]), 'signals.halt': 'SIGTERM' };
