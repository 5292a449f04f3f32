// What charts cost: to load what draws them, and each picture; processor time, since a dashboard draws one a second (test/fakes/charts-program.ts).
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { median, run, samples } from '../measure.mjs';
import { project } from '../peers/tsmachine.mjs';

const bundle = join(project, 'dist', 'charts.cjs');
const PICTURES = 200;

export async function measureCharts(scratch) {
  const program = join(scratch, 'charts-program.mjs');
  await build({
    entryPoints: [join(project, 'test/fakes/charts-program.ts')],
    outfile: program,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';const require = requireOf(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const runs = Array.from({ length: samples }, () =>
    JSON.parse(run([process.execPath, program, bundle, String(PICTURES)]).stdout.toString()),
  );
  const mid = (of) => median(runs.map(of));
  return {
    bytes: statSync(bundle).size,
    load: mid(({ load }) => load),
    drawn: runs[0].drawn.map(({ size }, index) => ({
      size,
      first: mid(({ drawn }) => drawn[index].first),
      each: mid(({ drawn }) => drawn[index].each),
    })),
  };
}
