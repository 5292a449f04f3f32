/** What every template implements: it turns options into an image (shared read-only layers) and machine defaults. */
import type { InitSignals, InitSpec } from '../backends/backend.ts';

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
  readonly progress: (message: string) => void;
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
  /** Names the content that `build` would make, without making it: equal keys are the same image. */
  imageKey(context: TemplateContext): Promise<string>;
  /** Fills `target` (an empty directory) with a root file system, ids as inside (0 = root). */
  build(context: TemplateContext, target: string): Promise<void>;
}
