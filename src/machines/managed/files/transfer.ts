/** push and pull of a manager's machines. Loaded lazily. */
import type { TransferResult } from '../../../backends/files.ts';
import { record } from '../../domain.ts';
import type { CopyRequest } from '../../file-access.ts';
import { type Carrier, pullOutOf, pushInto } from '../../files/carry.ts';
import { machineTarget } from '../../files/transfer-paths.ts';
import { requireManaged } from '../config/managed-config.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';

export async function push(
  managed: ManagedDomain,
  name: string,
  request: CopyRequest,
): Promise<TransferResult> {
  const result = await pushInto(carrierOf(managed, name), request);
  record(managed.domain, name, 'pushed', { to: machineTarget(request.target).path, files: result.files });
  return result;
}

export function pull(managed: ManagedDomain, name: string, request: CopyRequest): Promise<TransferResult> {
  return pullOutOf(carrierOf(managed, name), request);
}

function carrierOf(managed: ManagedDomain, name: string): Carrier {
  const find = async () => requireManaged(await managed.manager(), name);
  return {
    name,
    requireIt: async () => void (await find()),
    isLive: async () => 'pid' in (await find()).status,
    locked: (work) => withManaged(managed, [name], work),
    copy: async (direction, request, work) =>
      (await managed.manager()).access[direction](name, request, work),
  };
}
