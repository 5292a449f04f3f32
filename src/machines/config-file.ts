/** config.json as text: parsing with the place and the way out in every error, and printing. */
import * as v from 'valibot';
import { CONFIG_VERSION, type MachineConfig, machineConfigSchema } from './config-schema.ts';
import { MachineError } from './errors.ts';

/** Where the text came from, for the words of an error. */
export interface ConfigSource {
  readonly name: string;
  readonly path: string;
  /** Whether a copy of the version before is kept. */
  readonly previous: string | undefined;
}

/** Throws MachineError `invalid-config` that names the file, the place and what to do. */
export function parseConfig(text: string, source: ConfigSource): MachineConfig {
  const json = parseJson(text, source);
  refuseOtherVersions(json, source);
  const result = v.safeParse(machineConfigSchema, json, { abortPipeEarly: true });
  if (!result.success) {
    throw invalid(source, result.issues.slice(0, 5).map(describeIssue).join('; '), result.issues);
  }
  return result.output;
}

export function formatConfig(config: MachineConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

function parseJson(text: string, source: ConfigSource): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(source, text.trim() === '' ? 'the file is empty' : describeSyntax(text, error), error);
  }
}

/** V8 tells the position of some errors, and quotes the surroundings of the others. */
function describeSyntax(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const position = / in JSON at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) {
    return `not JSON at ${placeOf(text, Number(position))}`;
  }
  return message.includes('end of JSON input')
    ? `not JSON at ${placeOf(text, text.length)}`
    : `not JSON: ${message.replaceAll(/\s+/g, ' ')}`;
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  const end = position >= text.length ? ' (the end: it is cut off)' : '';
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}${end}`;
}

function refuseOtherVersions(json: unknown, source: ConfigSource): void {
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  if (typeof version === 'number' && version > CONFIG_VERSION) {
    throw new MachineError(
      'invalid-config',
      `${source.path} has version ${version}, and this tsmachine knows versions up to ${CONFIG_VERSION}`,
      { subject: source.name, path: source.path, hint: 'it was written by a newer tsmachine: use that one' },
    );
  }
}

function invalid(source: ConfigSource, what: string, cause: unknown): MachineError {
  const restore =
    source.previous === undefined ? '' : `, or copy the version before back from ${source.previous}`;
  return new MachineError('invalid-config', `${source.path}: ${what}`, {
    subject: source.name,
    path: source.path,
    hint: `repair it with \`tsmachine config ${source.name} --edit\`${restore}`,
    cause,
  });
}

type Issue = v.BaseIssue<unknown>;

function describeIssue(issue: Issue): string {
  const path = (issue.path ?? []).map((item) => String(item.key));
  const key = path.join('.');
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const parent = path.slice(0, -1).join('.');
    return `unknown key "${path.at(-1)}"${parent === '' ? '' : ` in ${parent}`}`;
  }
  if (issue.received === 'undefined' && issue.path?.at(-1)?.value === undefined) {
    return `"${key}" is missing`;
  }
  if (issue.kind === 'schema') {
    return `"${key}" must be ${issue.expected ?? 'something else'}, not ${issue.received}`;
  }
  return `"${key}": ${issue.message}`;
}
