/** Network interfaces of a machine that runs: the helper asks in its namespace. */
import { BackendError } from '../../../backend.ts';
import { runHelperAtOnce } from '../../helper-client.ts';
import type { ProcessId } from '../../life/process-stat.ts';
import { complaintOf } from '../programs/group-program.ts';

/** Indexes by name, as the machine sees them. */
export type Interfaces = ReadonlyMap<string, number>;

/** What a network namespace begins with: LOOPBACK_IFINDEX of the kernel. */
export const FIRST_INTERFACES: Interfaces = new Map([['lo', 1]]);

/** @throws BackendError 'failed' */
export function readInterfaces({ pid, start }: ProcessId, helperPath: string): Interfaces {
  const { code, output, complaint } = runHelperAtOnce(
    helperPath,
    ['interfaces', String(pid), String(start)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  if (code !== 0) {
    const [syscall = 'setns', errno = 'EIO'] = complaintOf(complaint);
    throw new BackendError('failed', `the interfaces of the machine cannot be listed: ${syscall}: ${errno}`, {
      syscall,
      errno,
      hint: 'See whether it runs still.',
    });
  }
  const lines = output.toString('latin1').split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(space + 1), Number(line.slice(0, space))];
    }),
  );
}
