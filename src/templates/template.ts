/** What every template implements: it turns options into an image (shared read-only layers) and machine defaults. */
import type { InitSignals, InitSpec } from '../backends/backend.ts';
import type { StorageProgress, TreeWork } from '../backends/storage.ts';

export interface TemplateOption {
  readonly name: string;
  readonly description: string;
  readonly default: string;
}

export interface TemplateContext {
  readonly options: Readonly<Record<string, string>>;
  /** An empty directory to work in; removed afterwards. */
  readonly workDirectory: string;
  /** Kept between builds, for downloads; may be emptied at any time. Undefined: nothing is kept. */
  readonly cacheDirectory?: string;
  /** Directories of the machines that there are: what lies in them is somebody's, and what holds them is all. */
  readonly storeDirectories: readonly string[];
  readonly progress: (message: string) => void;
  /** How far long work on files is: drawn with its rate and the time that is left. */
  readonly fileProgress: (progress: StorageProgress) => void;
  /** Work on trees that somebody else made, which the storage does: it has the confinement for it. */
  readonly trees: TreeWork;
  readonly signal: AbortSignal;
}

export interface TemplateDefaults {
  readonly init: InitSpec;
  readonly signals: InitSignals;
}

export interface Template {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly TemplateOption[];
  readonly defaults: TemplateDefaults;
  /** What people ask for as if it were a template, with the options of this one that they mean. */
  readonly otherNames?: Readonly<Record<string, string>>;
  /** Names the content that `build` would make, without making it: equal keys are the same image. */
  imageKey(context: TemplateContext): Promise<string>;
  /** Fills `target` (an empty directory) with a root file system, ids as inside (0 = root). */
  build(context: TemplateContext, target: string): Promise<void>;
  /** The machine is there, and on disk: what is of no use any more may go. Its error undoes nothing. */
  afterCreate?(context: TemplateContext, key: string): Promise<void>;
  /**
   * What machines of this image begin with, where it depends on what is in it or on options that are not its content's. `tree` is
   * what `build` made, and nobody changes it. Missing: `defaults` are those of all images.
   */
  findDefaults?(context: TemplateContext, tree: string): Promise<TemplateDefaults>;
}
