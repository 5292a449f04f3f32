/** What create is asked for, whoever keeps the machine: its template and first boot, checked before anything is made, and its image. */
import type { Template } from '../../templates/template.ts';
import type { Domain } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import { firstBootOf, withHostname } from '../first-boot/of-request.ts';
import type { PlannedFirstBoot } from '../first-boot/plan-first-boot.ts';
import { type EnsuredImage, ensureImage } from '../images/ensure-image.ts';
import { completeOptions, findTemplate } from '../images/template-choice.ts';
import type { CreateRequest } from '../machines.ts';

export interface CreateOrder {
  readonly request: CreateRequest;
  readonly template: Template;
  readonly options: Readonly<Record<string, string>>;
  readonly firstBoot: PlannedFirstBoot | undefined;
}

/** Of a draft: none is taken before all else is in order. */
export const anyRange = { base: 65_536, count: 65_536 };

/** Throws `usage` for what is wrong with the template, its options or the first boot. */
export async function orderOf(domain: Domain, asked: CreateRequest): Promise<CreateOrder> {
  const template = findTemplate(domain, asked.template);
  const options = completeOptions(template, asked.templateOptions);
  const firstBoot = await firstBootOf(asked);
  return { request: withHostname(asked, firstBoot), template, options, firstBoot };
}

export function imageFor(
  domain: Domain,
  staging: string,
  { request, template, options }: CreateOrder,
): Promise<EnsuredImage> {
  const { progress, fileProgress, signal } = request;
  return ensureImage(domain, { template, options, staging, progress, fileProgress, signal });
}

/** The machine is there: what fails now is told, and takes nothing back. */
export async function afterCreate(name: string, image: EnsuredImage): Promise<void> {
  try {
    await image.afterCreate();
  } catch (cause) {
    const error = toMachineError(cause);
    throw new MachineError('failed', `${name} is created; but ${error.message}`, {
      ...error,
      subject: name,
      cause,
    });
  }
}
