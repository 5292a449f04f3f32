import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateContext } from '../../src/templates/template.ts';
import { runFolder } from '../setup/test-run.ts';

export interface PreparedContext {
  readonly context: TemplateContext;
  /** An empty folder for the image. */
  readonly target: string;
  readonly messages: readonly string[];
}

/** A context in fresh folders, as machines/ gives one to a template. */
export function prepareContext(
  options: Readonly<Record<string, string>> = {},
  keep: { readonly cacheDirectory?: string } = {},
): PreparedContext {
  const folder = mkdtempSync(join(runFolder(), 'template-'));
  const workDirectory = join(folder, 'work');
  const target = join(folder, 'target');
  mkdirSync(workDirectory);
  mkdirSync(target);
  const messages: string[] = [];
  const progress = (message: string): void => {
    messages.push(message);
  };
  const signal = new AbortController().signal;
  const fileProgress = () => {};
  const trees = {
    unpackTree: refuseWork,
    surveyTree: refuseWork,
    copyTree: refuseWork,
    removeTree: refuseWork,
  };
  return {
    context: { options, workDirectory, storeDirectories: [], progress, fileProgress, trees, signal, ...keep },
    target,
    messages,
  };
}

async function refuseWork(): Promise<never> {
  throw new Error('this template works on no trees of others');
}
