/** What lies over the panes and takes all keys until it is answered. A dialog is bound to names, never to what is chosen below it. */
import type { MachineConfig } from '../../machines/config/config-schema.ts';
import type { RecordingFile } from '../../terminal/recordings.ts';
import type { Deed } from '../deeds/deed.ts';

export interface Confirmation {
  readonly kind: 'confirm';
  readonly title: string;
  /** What it will do, to whom: the blast radius. */
  readonly lines: readonly string[];
  readonly deeds: readonly Deed[];
  /** Leaves the dashboard instead. */
  readonly leaves: boolean;
  /** What has to be typed; undefined: Yes has to be chosen. */
  readonly wanted: string | undefined;
  readonly typed: string;
  /** The default answer is Cancel. */
  readonly answer: 'cancel' | 'yes';
}

export type FormName = 'create' | 'clone' | 'rename' | 'snapshot' | 'limits';

export interface FormDialog {
  readonly kind: 'form';
  readonly form: FormName;
  /** The machines, or NAME@SNAPSHOT, that it is about; '' if it is about one that is not there yet. */
  readonly subjects: readonly string[];
  /** What the machine has now; undefined: it does not matter, or there are several. */
  readonly stored:
    | { readonly settings: Readonly<Record<string, string>>; readonly config: MachineConfig }
    | undefined;
  readonly values: Readonly<Record<string, string>>;
  /** Which field is typed into. */
  readonly field: number;
  readonly problem: string | undefined;
}

export interface Palette {
  readonly kind: 'palette';
  readonly text: string;
  readonly index: number;
}

export interface FilterLine {
  readonly kind: 'filter';
  /** What it was before: Escape brings it back. */
  readonly before: string;
}

export interface Problems {
  readonly kind: 'problems';
  readonly problems: readonly { readonly words: readonly string[]; readonly lines: readonly string[] }[];
  readonly top: number;
}

export interface Help {
  readonly kind: 'help';
  readonly top: number;
  /** Only what has it is shown. */
  readonly search: string;
  readonly typing: boolean;
}

/** Which columns the list shows. */
export interface ColumnChooser {
  readonly kind: 'columns';
  readonly index: number;
}

/** Which recording is played. */
export interface RecordingChooser {
  readonly kind: 'recordings';
  readonly files: readonly RecordingFile[];
  readonly index: number;
}

/** A text to read, such as what has changed in a file. */
export interface TextView {
  readonly kind: 'text';
  readonly title: string;
  /** As it was read: made safe and cut where it is shown. */
  readonly lines: readonly string[];
  readonly top: number;
}

export type Dialog =
  | Confirmation
  | FormDialog
  | Palette
  | FilterLine
  | Problems
  | Help
  | ColumnChooser
  | RecordingChooser
  | TextView;
