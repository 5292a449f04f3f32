/** Who is not root is let by polkit, if by anybody. */
import type { Finding } from '../../backend.ts';
import type { Bus } from '../bus/bus.ts';
import { texts } from '../bus/values.ts';

const POLKIT = 'org.freedesktop.PolicyKit1';

/** Nothing of root: that is asked for nothing. */
export async function examinePolkit(bus: Bus, uid: number): Promise<readonly Finding[]> {
  if (uid === 0) return [];
  const [names] = await bus.call({
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'ListActivatableNames',
    reads: true,
  });
  const isThere = texts(names).includes(POLKIT);
  return [
    isThere
      ? {
          subject: 'polkit',
          verdict: 'note',
          detail:
            'you are not root: machines of systemd-nspawn can be looked at, and changed as far as polkit lets you',
          fix: 'Run it as root, or allow org.freedesktop.machine1.* and org.freedesktop.systemd1.* by a rule of polkit(8).',
        }
      : {
          subject: 'polkit',
          verdict: 'note',
          detail:
            'you are not root, and there is no polkit that could let you: machines of systemd-nspawn can only be looked at',
          fix: 'Run it as root, or install polkit.',
        },
  ];
}
