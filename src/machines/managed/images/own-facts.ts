/**
 * What only we know of a manager's machine, or of a kept state of it: in the section X-Tsmachine of its settings file, which systemd leaves alone
 * (sections with X-: systemd.syntax(7)) and the manager clones, renames and removes with the machine. A person may edit them: what cannot be read
 * is as if it was not there.
 */
import * as v from 'valibot';
import {
  type ManagedSettings,
  OWN_SECTION,
  type SettingsChange,
} from '../../../backends/manager/settings.ts';
import { isSnapshotName } from '../../names/snapshot-names.ts';
import type { Offspring } from '../../store/intents.ts';
import { readCommandId } from '../../trash/removed-by.ts';

export interface OwnFacts {
  /** By name; what a manager's own tools made has none. */
  readonly template?: string;
  readonly templateOptions?: Readonly<Record<string, string>>;
  /** The image of ours that its files came from. */
  readonly imageKey?: string;
  /** Of the machine. ISO 8601, as all moments. */
  readonly createdAt?: string;
  /** Kept state that its files go on from. */
  readonly goesOnFrom?: string;
  readonly ephemeral?: true;
  /** Under which its first boot is kept (first-boot/kept.ts). */
  readonly firstBoot?: string;

  /** Of a kept state: when it was taken. */
  readonly takenAt?: string;
  /** The machine's name then: its files carry it. */
  readonly machine?: string;
  readonly comment?: string;
  /** The state that was the machine's last one then. */
  readonly parent?: string;
  /** Made before a restore, not asked for. */
  readonly automatic?: true;
  /** Taken because of snapshots.schedule. */
  readonly scheduled?: true;
  readonly expiresAt?: string;
  /** How long the running machine stood still, in milliseconds. */
  readonly frozenMs?: number;
  /** Of a removed one: what went on from it, and goes on from `parent` now. */
  readonly offspring?: HandedOn;

  /** Of what lies in the trash: the command that removed it and others (trash/removed-by.ts). */
  readonly removedBy?: string;
  /** On disk, of what does not change any more. */
  readonly bytes?: number;
}

/** As native snapshots have it (snapshots/handing-on.ts). */
export type HandedOn = Offspring & { readonly parent: string | null };

/** How one fact stands in the file. `read` gives undefined for what it cannot be. */
interface FactKey<V> {
  readonly key: string;
  readonly read: (text: string) => V | undefined;
  write(value: V): string;
}

const factKeys: { readonly [K in keyof OwnFacts]-?: FactKey<NonNullable<OwnFacts[K]>> } = {
  template: text('Template'),
  templateOptions: { key: 'TemplateOptions', read: readOptions, write: JSON.stringify },
  imageKey: text('ImageKey'),
  createdAt: moment('CreatedAt'),
  goesOnFrom: snapshotName('GoesOnFrom'),
  ephemeral: flag('Ephemeral'),
  firstBoot: { key: 'FirstBoot', read: readKey, write: (value) => value },
  takenAt: moment('TakenAt'),
  machine: text('Machine'),
  comment: text('Comment'),
  parent: snapshotName('Parent'),
  automatic: flag('Automatic'),
  scheduled: flag('Scheduled'),
  expiresAt: moment('ExpiresAt'),
  frozenMs: { key: 'FrozenMSec', read: readCount, write: String },
  offspring: { key: 'Offspring', read: readHandedOn, write: JSON.stringify },
  removedBy: { key: 'RemovedBy', read: readCommandId, write: (value) => value },
  bytes: { key: 'Bytes', read: readCount, write: String },
};

export type FactChanges = { readonly [K in keyof OwnFacts]?: OwnFacts[K] | undefined };

/** What is a kept state's alone: what is made of one has none of it. */
export const noKeptFacts: FactChanges = {
  takenAt: undefined,
  machine: undefined,
  comment: undefined,
  parent: undefined,
  automatic: undefined,
  scheduled: undefined,
  expiresAt: undefined,
  frozenMs: undefined,
  offspring: undefined,
  removedBy: undefined,
  bytes: undefined,
};

type TextOf = Pick<ManagedSettings, 'values' | 'changed'>;

export function readOwnFacts(settings: Pick<TextOf, 'values'>, file: string | undefined): OwnFacts {
  if (file === undefined) return {};
  return Object.fromEntries(
    Object.entries<FactKey<unknown>>(factKeys).flatMap(([name, { key, read }]) => {
      const written = settings.values(file, OWN_SECTION, key).at(-1);
      const value = written === undefined ? undefined : read(written);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The text with these facts; one that is undefined goes, one that is not named stays. */
export function withOwnFacts(settings: TextOf, file: string | undefined, facts: FactChanges): string {
  return settings.changed(file, ownFactChanges(facts));
}

export function ownFactChanges(
  facts: {
    readonly [K in keyof OwnFacts]?: OwnFacts[K] | undefined;
  },
): readonly SettingsChange[] {
  return Object.entries(facts).map(([name, value]) => {
    const { key, write } = factKeys[name as keyof OwnFacts] as FactKey<unknown>;
    return { section: OWN_SECTION, key, values: value === undefined ? [] : [write(value)] };
  });
}

/** As it is where the file can say it so, else as JSON has it. */
export function writeText(value: string): string {
  return /^[^\s"\p{C}](?:[^\p{C}\\]*[^\s\p{C}\\])?$/u.test(value) ? value : escaped(JSON.stringify(value));
}

export function readText(written: string): string | undefined {
  if (!written.startsWith('"')) return written;
  const value = parsed(written);
  return typeof value === 'string' ? value : undefined;
}

/** JSON leaves some characters as they are that end a line, or show what is not there. */
function escaped(json: string): string {
  return json.replace(/\p{C}/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function text(key: string): FactKey<string> {
  return { key, read: readText, write: writeText };
}

function moment(key: string): FactKey<string> {
  const isMoment = (value: string) =>
    /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
  return { key, read: (value) => (isMoment(value) ? value : undefined), write: (value) => value };
}

function snapshotName(key: string): FactKey<string> {
  return { key, read: (value) => (isSnapshotName(value) ? value : undefined), write: (value) => value };
}

function flag(key: string): FactKey<true> {
  return { key, read: (value) => (value === 'yes' ? true : undefined), write: () => 'yes' };
}

/** It becomes the name of a file. */
function readKey(value: string): string | undefined {
  return /^[0-9a-f]{32}$/.test(value) ? value : undefined;
}

function readCount(value: string): number | undefined {
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function readOptions(value: string): Readonly<Record<string, string>> | undefined {
  const options = parsed(value);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return undefined;
  return Object.values(options).every((option) => typeof option === 'string')
    ? (options as Record<string, string>)
    : undefined;
}

const handedOn = v.strictObject({
  parent: v.nullable(v.pipe(v.string(), v.check(isSnapshotName))),
  current: v.boolean(),
  children: v.record(v.string(), v.string()),
});

function readHandedOn(value: string): HandedOn | undefined {
  const result = v.safeParse(handedOn, parsed(value));
  return result.success ? result.output : undefined;
}

/** A person may have edited it. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
