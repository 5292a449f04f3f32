/**
 * How dist/charts.cjs is made: the charts of blessed-contrib, with an off-screen element and canvases of ours in place of the packages that
 * would open a terminal or write escape sequences (docs/decisions.md). Loaded when the tab Charts is shown for the first time.
 */
import { join } from 'node:path';

const project = join(import.meta.dirname, '..');
const charts = join(project, 'src', 'ui', 'charts');

/** What stands for a package; each is a module of CommonJS. */
const standIns = {
  blessed: "module.exports = require('./off-screen/blessed.ts');",
  'drawille-blessed-contrib': "module.exports = require('./off-screen/dot-canvas.ts').DotCanvas;",
  'ansi-term': "module.exports = require('./off-screen/cell-canvas.ts').CellCanvas;",
  // Looks for the greatest value, which is always given.
  lodash: '',
  // Colours of 256 for colours that are three numbers: there are none.
  x256: '',
  // Two of its nine parts: the whole is 55 kB.
  'gl-matrix':
    "exports.mat2d = require('gl-matrix/src/gl-matrix/mat2d.js'); exports.vec2 = require('gl-matrix/src/gl-matrix/vec2.js');",
};

const offScreen = {
  name: 'off-screen',
  setup(build) {
    const filter = new RegExp(`^(${Object.keys(standIns).join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'off-screen' }));
    build.onLoad({ filter, namespace: 'off-screen' }, ({ path }) => ({
      contents: standIns[path],
      resolveDir: charts,
    }));
  },
};

/** Options of esbuild's build. */
export const chartsBuild = {
  absWorkingDir: project,
  entryPoints: [join(charts, 'charts-bundle.ts')],
  outfile: join(project, 'dist', 'charts.cjs'),
  write: false,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  plugins: [offScreen],
  logLevel: 'warning',
};
