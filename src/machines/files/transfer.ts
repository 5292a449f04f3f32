/** push and pull of machines of ours. Loaded lazily. */
import type { TransferResult } from '../../backends/files.ts';
import { type Domain, record } from '../domain.ts';
import type { CopyRequest } from '../file-access.ts';
import { settleEnding } from '../lifecycle/settle-ending.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine } from '../store/store.ts';
import { type Carrier, pullOutOf, pushInto } from './carry.ts';
import { machineTarget } from './transfer-paths.ts';

export async function push(domain: Domain, name: string, request: CopyRequest): Promise<TransferResult> {
  const result = await pushInto(carrierOf(domain, name), request);
  record(domain, name, 'pushed', { to: machineTarget(request.target).path, files: result.files });
  return result;
}

export function pull(domain: Domain, name: string, request: CopyRequest): Promise<TransferResult> {
  return pullOutOf(carrierOf(domain, name), request);
}

function carrierOf(domain: Domain, name: string): Carrier {
  const load = () => loadMachine(domain.paths, name);
  return {
    name,
    requireIt: async () => void load(),
    isLive: async () => 'pid' in domain.backend.status(load().handle),
    locked: (work) =>
      withMachines(domain, [name], async () => {
        await settleEnding(domain, load());
        return work();
      }),
    copy: (direction, request, work) => domain.backend.files[direction](load().handle, request, work),
  };
}
