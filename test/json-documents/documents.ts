/** What `--json` prints, command by command, as docs/json.md describes it: one description for machines of all backends. */
import * as v from 'valibot';
import { eventTypes } from '../../src/machines/events/events.ts';
import { exit, listedMachine, shownMachine, state } from './machine.ts';
import { usageOfGroups, usageOfMachines } from './usage.ts';
import { count, countOrNull, document, text, textOrNull, texts, time, timeOrNull, words } from './values.ts';

const attributes = v.nullable(
  v.strictObject({
    type: v.picklist(['file', 'directory', 'symlink', 'fifo', 'socket', 'block', 'character']),
    mode: count,
    uid: count,
    gid: count,
    size: count,
  }),
);

const change = v.strictObject({
  path: text,
  kind: v.picklist(['added', 'modified', 'deleted', 'type', 'metadata']),
  before: attributes,
  after: attributes,
});

const snapshot = v.strictObject({
  name: text,
  parent: textOrNull,
  current: v.boolean(),
  createdAt: time,
  bytes: countOrNull,
  comment: textOrNull,
  automatic: v.boolean(),
  expiresAt: timeOrNull,
  problem: textOrNull,
});

const image = v.strictObject({
  key: text,
  template: textOrNull,
  options: words,
  layers: texts,
  bytes: count,
  usedBy: v.strictObject({ machines: texts, snapshots: texts, trash: texts }),
  createdAt: time,
  problem: textOrNull,
});

const event = {
  time,
  name: text,
  type: v.picklist(eventTypes),
  details: v.record(text, v.union([v.string(), v.number(), v.boolean()])),
};

const trashed = v.strictObject({
  entry: text,
  kind: v.picklist(['machine', 'snapshot', 'paths']),
  machine: text,
  snapshot: textOrNull,
  paths: v.nullable(texts),
  removedAt: time,
  keptUntil: time,
});

const remaining = v.strictObject({
  total: count,
  processes: v.array(
    v.strictObject({
      pid: count,
      insidePid: countOrNull,
      name: text,
      state: text,
      waitChannel: textOrNull,
    }),
  ),
});

const outcome = <Entries extends v.ObjectEntries>(entries: Entries) =>
  document({ results: v.array(v.strictObject({ name: text, ok: v.literal(true), ...entries })) });
const purged = v.array(v.strictObject({ entry: text, bytes: countOrNull }));

export const documents = {
  list: document({ machines: v.array(listedMachine) }),
  info: document({ machine: shownMachine }),
  config: document({ name: text, settings: words, inForce: words }),
  set: document({ name: text, settings: words }),
  plan: document({
    name: text,
    steps: v.array(
      v.strictObject({
        section: v.picklist(['machine', 'outside', 'inside']),
        index: count,
        operation: text,
        arguments: texts,
        explanation: text,
      }),
    ),
  }),
  snapshots: document({ name: text, snapshots: v.array(snapshot) }),
  images: document({ images: v.array(image) }),
  diff: document({ from: text, to: text, path: textOrNull, changes: v.array(change) }),
  trash: document({ trash: v.array(trashed) }),
  doctor: document({
    findings: v.array(
      v.strictObject({
        subject: text,
        verdict: v.picklist(['ok', 'note', 'warning', 'problem']),
        detail: text,
        fix: v.exactOptional(text),
      }),
    ),
  }),
  autostart: document({
    machines: v.array(
      v.strictObject({
        name: text,
        state,
        enabled: v.boolean(),
        priority: v.number(),
        delayMs: count,
        groups: texts,
      }),
    ),
  }),
  consoleLog: document({ name: text, text }),
  event: document(event),
  logLine: v.variant('type', [
    document({ type: v.literal('event'), event: v.strictObject(event) }),
    document({ type: v.literal('console'), text }),
  ]),
  top: usageOfMachines,
  topAll: usageOfGroups,
  create: document({ name: text, started: v.boolean() }),
  clone: document({ name: text, clonedFrom: text, started: v.boolean() }),
  rename: document({ name: text, renamedFrom: text }),
  snapshot: document({ name: text, snapshot: text, frozenMs: countOrNull, removed: texts }),
  restore: document({ name: text, snapshot: text, kept: text }),
  snapshotRemove: document({ name: text, removed: texts, purged }),
  export: document({ source: text, file: text, snapshots: texts }),
  import: document({ name: text, snapshots: texts, leftOut: texts }),
  undo: document({
    name: text,
    deed: v.picklist(['destroy', 'restore', 'snapshot-remove', 'revert']),
    snapshot: textOrNull,
    paths: v.exactOptional(texts),
    results: v.exactOptional(
      v.array(v.strictObject({ name: text, ok: v.literal(true), deed: text, snapshot: textOrNull })),
    ),
  }),
  start: outcome({ started: v.boolean() }),
  stop: outcome({ clean: v.boolean(), exit: v.nullable(exit), refused: v.nullable(remaining) }),
  freeze: outcome({}),
  kill: outcome({ signal: text }),
  destroy: outcome({ purged }),
} as const;

export type DocumentName = keyof typeof documents;

/** Throws with the paths of all that is not as it is described. */
export function checkDocument<Name extends DocumentName>(
  name: Name,
  line: string,
): v.InferOutput<(typeof documents)[Name]> {
  const { success, output, issues } = v.safeParse(documents[name], JSON.parse(line));
  if (success) return output as v.InferOutput<(typeof documents)[Name]>;
  throw new Error(`${name} is not as docs/json.md says:\n${v.summarize(issues)}\n${line}`);
}
