/** JSON files with a schema and a version: what is in one, or what is wrong with it and where, in words. */
import * as v from 'valibot';

export type Stored<T> =
  | { readonly value: T; readonly fault?: undefined }
  | {
      readonly fault: string;
      /** The version, if it is one that a newer tsmachine writes. */
      readonly newerVersion: number | undefined;
      readonly cause: unknown;
    };

export function parseStored<TSchema extends v.GenericSchema>(
  text: string,
  schema: TSchema,
  version: number,
): Stored<v.InferOutput<TSchema>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const fault = text.trim() === '' ? 'the file is empty' : describeSyntax(text, error);
    return { fault, newerVersion: undefined, cause: error };
  }
  const found = versionOf(json);
  if (found !== undefined && found > version) {
    const fault = `version ${found}, and this tsmachine knows versions up to ${version}`;
    return { fault, newerVersion: found, cause: undefined };
  }
  const result = v.safeParse(schema, json, { abortPipeEarly: true });
  if (result.success) {
    return { value: result.output };
  }
  const fault = result.issues.slice(0, 5).map(describeIssue).join('; ');
  return { fault, newerVersion: undefined, cause: result.issues };
}

function versionOf(json: unknown): number | undefined {
  const version = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined;
  return typeof version === 'number' ? version : undefined;
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
