/** What can be done to machines from the dashboard, as plain data: the same as a command line, and shown as one. */
export type Deed =
  | { readonly verb: 'start' | 'stop' | 'restart' | 'freeze' | 'unfreeze' | 'kill'; readonly name: string }
  | { readonly verb: 'destroy'; readonly name: string }
  | {
      readonly verb: 'create';
      readonly name: string | undefined;
      readonly template: string;
      readonly settings: Readonly<Record<string, string>>;
      readonly start: boolean;
    }
  | {
      readonly verb: 'clone';
      /** NAME or NAME@SNAPSHOT. */
      readonly source: string;
      readonly name: string;
    }
  | { readonly verb: 'rename'; readonly name: string; readonly newName: string }
  | {
      readonly verb: 'snapshot';
      readonly name: string;
      readonly snapshot: string | undefined;
      readonly comment: string | undefined;
    }
  | { readonly verb: 'restore' | 'snapshot-remove'; readonly name: string; readonly snapshot: string }
  /** `from` is a snapshot of it; undefined: its image. */
  | {
      readonly verb: 'revert';
      readonly name: string;
      readonly path: string;
      readonly from: string | undefined;
    }
  | { readonly verb: 'set'; readonly name: string; readonly settings: Readonly<Record<string, string>> }
  | {
      readonly verb: 'push' | 'pull';
      readonly name: string;
      readonly sources: readonly string[];
      readonly target: string;
      readonly parents: boolean;
    }
  | {
      readonly verb: 'bind';
      readonly name: string;
      readonly source: string;
      readonly path: string;
      readonly readOnly: boolean;
    }
  | { readonly verb: 'unbind'; readonly name: string; readonly source: string }
  | { readonly verb: 'undo' };

/** The words behind `tsmachine`. */
export function deedWords(deed: Deed): readonly string[] {
  switch (deed.verb) {
    case 'create':
      return [
        'create',
        ...(deed.name === undefined ? [] : [deed.name]),
        '-t',
        deed.template,
        ...settingWords(deed.settings).flatMap((word) => ['--set', word]),
        ...(deed.start ? ['--start'] : []),
      ];
    case 'clone':
      return ['clone', deed.source, deed.name];
    case 'rename':
      return ['rename', deed.name, deed.newName];
    case 'snapshot':
      return [
        'snapshot',
        deed.name,
        ...(deed.snapshot === undefined ? [] : [deed.snapshot]),
        ...(deed.comment === undefined ? [] : ['--comment', deed.comment]),
      ];
    case 'restore':
    case 'snapshot-remove':
      return [deed.verb, deed.name, deed.snapshot];
    case 'revert':
      return [
        'revert',
        deed.name,
        deed.path,
        ...(deed.from === undefined ? [] : ['--from', `${deed.name}@${deed.from}`]),
      ];
    case 'set':
      return ['set', deed.name, ...settingWords(deed.settings)];
    case 'destroy':
      return ['destroy', '--force', deed.name];
    case 'push':
    case 'pull':
      return [deed.verb, deed.name, ...(deed.parents ? ['-p'] : []), ...deed.sources, deed.target];
    case 'bind':
      return ['bind', deed.name, deed.source, deed.path, ...(deed.readOnly ? ['--read-only'] : [])];
    case 'unbind':
      return ['bind', deed.name, deed.source, '--remove'];
    case 'undo':
      return ['undo'];
    default:
      return [deed.verb, deed.name];
  }
}

/** The machine that it is about; undefined: none, or one that does not exist yet. */
export function deedMachine(deed: Deed): string | undefined {
  switch (deed.verb) {
    case 'undo':
    case 'create':
      return undefined;
    case 'clone':
      return deed.source.split('@', 1)[0];
    default:
      return deed.name;
  }
}

function settingWords(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).map(([key, value]) => `${key}=${value}`);
}

/** As a person can paste it into a shell. */
export function commandLine(words: readonly string[]): string {
  return ['tsmachine', ...words].map(shellWord).join(' ');
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
