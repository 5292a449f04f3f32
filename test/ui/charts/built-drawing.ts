/** What draws charts, as it is built (scripts/bundle-charts.mjs): its packages are others than those that are installed. */
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { chartsBuild } from '../../../scripts/bundle-charts.mjs';
import type { Drawing } from '../../../src/ui/charts/drawing.ts';

export async function builtText(): Promise<string> {
  const { outputFiles } = await build(chartsBuild);
  return outputFiles[0]?.text ?? '';
}

/** @param needed is told each module that the bundle asks Node for */
export async function builtDrawing(needed: (name: string) => void = () => undefined): Promise<Drawing> {
  const require = createRequire(import.meta.url);
  const module: { exports: { readonly drawing?: Drawing } } = { exports: {} };
  const load = (name: string): unknown => {
    needed(name);
    return require(name);
  };
  new Function('module', 'exports', 'require', await builtText())(module, module.exports, load);
  if (module.exports.drawing === undefined) throw new Error('the bundle of the charts has no drawing');
  return module.exports.drawing;
}
