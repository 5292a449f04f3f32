/** Whether machines have an AppArmor profile here. */
import type { Finding } from '../../backend.ts';
import { isEnabledInKernel, readAppArmor } from '../apparmor/host.ts';
import type { Examination } from './context.ts';

const WITHOUT = 'machines run without a profile, and need none';

export function examineAppArmor({ hostRoot }: Examination): readonly Finding[] {
  const subject = 'AppArmor';
  switch (readAppArmor(hostRoot)) {
    case 'ready':
      return [{ subject, verdict: 'ok', detail: 'machines are confined by a profile of their own' }];
    case 'without-parser':
      return [
        {
          subject,
          verdict: 'note',
          detail: `in the kernel, but nothing can load a profile: ${WITHOUT}`,
          fix: 'Install the package apparmor (Debian, Ubuntu, Arch), which has apparmor_parser.',
        },
      ];
    case 'absent':
      return [
        isEnabledInKernel(hostRoot)
          ? notMounted(subject)
          : { subject, verdict: 'ok', detail: `none here: ${WITHOUT}` },
      ];
  }
}

/** Or we are in a container, whose host decides. */
function notMounted(subject: string): Finding {
  return {
    subject,
    verdict: 'note',
    detail: `in the kernel, but its policy cannot be seen: ${WITHOUT}`,
    fix: 'mount -t securityfs none /sys/kernel/security, unless this host is a container itself.',
  };
}
