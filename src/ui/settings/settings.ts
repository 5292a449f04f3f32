/** What a person has chosen of the dashboard: the file dashboard.json, checked in full before anything is drawn. Pure. */
import * as v from 'valibot';
import { MachineError } from '../../machines/errors.ts';
import { nearest } from '../../machines/names/nearest.ts';
import { visible } from '../../presentation/plain-text.ts';
import { type Leader, parseLeader } from '../../terminal/escape-keys.ts';
import { clashes, type Remapped } from '../keymap.ts';
import { type Action, bindings } from '../keys.ts';
import { columnNames } from '../state/columns.ts';
import { sortColumns } from '../state/dashboard-state.ts';
import { themeNames } from '../theme.ts';

/** Names as the terminal's keys are told (terminal/input.ts); several for one action in a list. */
const keyNames = v.union([v.pipe(v.string(), v.nonEmpty()), v.array(v.pipe(v.string(), v.nonEmpty()))]);

const settingsSchema = v.strictObject({
  theme: v.exactOptional(v.picklist(themeNames)),
  glyphs: v.exactOptional(v.picklist(['unicode', 'ascii'])),
  sort: v.exactOptional(v.strictObject({ column: v.picklist(sortColumns), down: v.boolean() })),
  columns: v.exactOptional(v.array(v.picklist(columnNames))),
  /** Seconds between two samples. */
  interval: v.exactOptional(v.pipe(v.number(), v.minValue(0.25), v.maxValue(60))),
  keys: v.exactOptional(v.record(v.string(), keyNames)),
  /** The one key that a console does not get. */
  leader: v.exactOptional(v.pipe(v.string(), v.check(isLeader, 'must be a control key such as ^] or ^a'))),
});

export type Settings = v.InferOutput<typeof settingsSchema>;

/**
 * @param path for whoever has to mend it
 * @throws MachineError `invalid-config` that names the path, and all that is wrong
 */
export function parseSettings(text: string, path: string): Settings {
  const parsed = v.safeParse(settingsSchema, readJson(text, path));
  if (!parsed.success) throw refusal(path, parsed.issues.map(issueWords));
  const problems = keyProblems(parsed.output);
  if (problems.length > 0) throw refusal(path, problems);
  return parsed.output;
}

export function remappedKeys({ keys = {} }: Settings): Remapped {
  return Object.fromEntries(
    Object.entries(keys).map(([action, names]) => [action, typeof names === 'string' ? [names] : names]),
  );
}

/** Undefined: the standard one. */
export function leaderOf({ leader }: Settings): Leader | undefined {
  const parsed = leader === undefined ? undefined : parseLeader(leader);
  return parsed === 'none' ? undefined : parsed;
}

/** A console that no key leaves would be a trap, and a letter is wanted for typing. */
function isLeader(text: string): boolean {
  return text.startsWith('^') && parseLeader(text) !== undefined;
}

export function formatSettings(settings: Settings): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function readJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refusal(path, [`it is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function issueWords(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue);
  if (issue.expected === 'never' && where !== null) {
    const meant = nearest(where, Object.keys(settingsSchema.entries));
    return `there is no setting ${visible(where)}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  }
  return `${where ?? 'the file'}: ${visible(issue.message)}`;
}

/** Actions that are none, and keys that two of them want. */
function keyProblems(settings: Settings): readonly string[] {
  const actions = bindings.map(({ action }) => action as string);
  const unknown = Object.keys(settings.keys ?? {}).filter((action) => !actions.includes(action));
  if (unknown.length > 0) {
    return unknown.map((action) => {
      const meant = nearest(action, actions);
      return `keys: there is no action ${visible(action)}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
    });
  }
  return clashes(remappedKeys(settings) as Readonly<Partial<Record<Action, readonly string[]>>>).map(
    (clash) => `keys: two actions want one key: ${visible(clash)}`,
  );
}

function refusal(path: string, problems: readonly string[]): MachineError {
  return new MachineError('invalid-config', `the dashboard's settings are wrong: ${problems.join('; ')}`, {
    subject: path,
    path,
    hint: `mend ${path}, or move it away; docs/dashboard.md tells what may stand in it`,
  });
}
