/** The domain's part of `tsmachine doctor`: what is damaged in the store, and what dead commands left in it. Loaded lazily. */
import type { Finding } from '../../backends/backend.ts';
import type { Domain } from '../domain.ts';
import { examineLayers } from './layers.ts';
import { examineLeavings } from './leavings.ts';
import { examineMachines } from './machines.ts';
import { examineTrash } from './trash.ts';

export async function examineStore(domain: Domain): Promise<readonly Finding[]> {
  const found = [
    ...examineMachines(domain),
    ...(await examineLayers(domain)),
    ...examineLeavings(domain),
    ...(await examineTrash(domain)),
  ];
  if (found.length > 0) return found;
  return [{ subject: 'stored files', verdict: 'ok', detail: 'all are there, and nothing is left over' }];
}
