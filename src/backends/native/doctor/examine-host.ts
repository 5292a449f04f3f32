/** `tsmachine doctor`: what this host can and cannot do. */
import type { Finding } from '../../backend.ts';
import { examineAppArmor } from './apparmor.ts';
import { examineCgroups } from './cgroups.ts';
import type { Examination } from './context.ts';
import { examineKernel } from './kernel.ts';
import { examineLeftovers } from './leftovers.ts';
import { examinePrivileges } from './privileges.ts';
import { examineRootFolder } from './root-folder.ts';
import { examineSeccomp } from './seccomp.ts';
import { examineStorage } from './storage.ts';
import { examineTools } from './tools.ts';

export async function examineHost(examination: Examination): Promise<readonly Finding[]> {
  return [
    ...examinePrivileges(examination),
    ...(await examineKernel(examination)),
    ...examineCgroups(examination),
    ...examineSeccomp(examination),
    ...examineAppArmor(examination),
    ...examineRootFolder(examination),
    ...(await examineStorage(examination)),
    ...examineTools(examination),
    ...(await examineLeftovers(examination)),
  ];
}
