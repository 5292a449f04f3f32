/** Whether the default filter exists for this processor. */
import { BackendError, type Finding } from '../../backend.ts';
import { seccompFilter } from '../seccomp/filters.ts';
import type { Examination } from './context.ts';

export function examineSeccomp({ arch }: Examination): readonly Finding[] {
  const subject = 'seccomp filter';
  try {
    const filter = seccompFilter('default', arch);
    return [{ subject, verdict: 'ok', detail: `${filter.length / 8} instructions for ${arch}` }];
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return [
      {
        subject,
        verdict: 'problem',
        detail: error.message,
        fix: error.hint ?? 'Set seccomp to off in the machine configuration.',
      },
    ];
  }
}
