/** What a create asks for of a first boot, whoever will keep the machine. What reads user data is loaded where there is some. */
import type { CreateRequest } from '../machines.ts';
import type { PlannedFirstBoot } from './plan-first-boot.ts';

/** Checked before anything is made. Throws `usage`. */
export async function firstBootOf({ userData }: CreateRequest): Promise<PlannedFirstBoot | undefined> {
  if (userData === undefined) return undefined;
  const { planFirstBoot } = await import('./plan-first-boot.ts');
  return planFirstBoot(userData);
}

/** A setting says it too, and it is more than a name in a file. */
export function withHostname(request: CreateRequest, planned: PlannedFirstBoot | undefined): CreateRequest {
  if (planned?.hostname === undefined) return request;
  return { ...request, settings: { hostname: planned.hostname, ...request.settings } };
}
