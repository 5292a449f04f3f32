/** Which template with which options a person means. */
import type { Template } from '../../templates/template.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { nearest } from '../names/nearest.ts';

/** Throws `usage`, with what was meant. */
export function findTemplate({ templates }: Domain, name: string): Template {
  const template = templates.find((candidate) => candidate.name === name);
  if (template === undefined) {
    throw new MachineError('usage', `there is no template "${name}"`, {
      subject: name,
      hint: templateHint(name, templates),
    });
  }
  return template;
}

/** The template that was meant, else all of them. A distribution may be an option of one. */
export function templateHint(name: string, templates: readonly Template[]): string {
  for (const { name: template, otherNames = {} } of templates) {
    const options = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
    if (options !== undefined) return `that is an option: -t ${template} -- ${options}`;
  }
  const names = templates.map((candidate) => candidate.name);
  const meant = nearest(name, names);
  return meant === undefined
    ? `templates: ${names.join(', ')}; what each is: tsmachine template list`
    : `did you mean "${meant}"?`;
}

/** All of the template's options, the given ones checked. Throws `usage`. */
export function completeOptions(
  template: Template,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const known = template.options.map((option) => option.name);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      const meant = nearest(name, known);
      throw new MachineError('usage', `template ${template.name} has no option "${name}"`, {
        subject: name,
        hint: meant === undefined ? `its options: ${known.join(', ') || 'none'}` : `did you mean "${meant}"?`,
      });
    }
  }
  const defaults = Object.fromEntries(template.options.map((option) => [option.name, option.default]));
  return { ...defaults, ...given };
}
