/**
 * One script of many modules, each a function in it with names of its own, which runs when it is first asked for.
 *
 * esbuild's own bundle of a whole program is one function with the names of all modules. V8 has to know all of them as soon as any of its code
 * runs, and looks for them in tables that it makes anew at each start: some milliseconds (docs/decisions.md). So esbuild only splits the
 * program into modules here, one for what is loaded together, and TypeScript makes of each what Node calls CommonJS.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import ts from 'typescript';

const asCommonJs = {
  allowJs: true,
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  esModuleInterop: false,
};

/**
 * @param {import('esbuild').OutputFile[]} modules of esbuild's, in its own format (esm), each in one folder
 * @param entry the name of the file that begins
 * @returns the body of a function with the parameters of a module of Node's: exports, require, module, __filename, __dirname
 */
export function scriptOfModules(modules, entry) {
  return scriptsOfModules(modules, entry, modules.length, '').main;
}

/**
 * The same in two scripts: the second one is read when a module in it is first asked for. It may be that of another build then, in which numbers
 * mean other modules: who has the dashboard open may install a new version meanwhile.
 *
 * @param common how many of the modules are in the first one; the entry is among them
 * @param askForMore what the first one requires then: a function that runs the second one and returns what that exports
 */
export function scriptsOfModules(modules, entry, common, askForMore) {
  const numbers = new Map(modules.map(({ path }, number) => [`./${basename(path)}`, number]));
  const functions = modules.map(
    ({ path, text }) => `(exports, require) => {\n${byNumber(commonJs(path, text), numbers)}\n}`,
  );
  const build = createHash('sha256').update(functions.join()).digest('hex').slice(0, 16);
  return {
    main: `const modules = ${arrayOf(functions.slice(0, common))};
const loaded = Object.create(null);
function load(id) {
  if (loaded[id] !== undefined) return loaded[id];
  if (typeof id === 'string') return (loaded[id] = require(id));
  ${askForMore === '' ? '' : `if (id >= modules.length) modules.push(...theRest(require('${askForMore}')()));`}
  loaded[id] = {};
  modules[id](loaded[id], load);
  return loaded[id];
}
function theRest(more) {
  if (more.build === '${build}') return more.modules;
  throw new Error('another version of tsmachine was installed while this one ran: start it again');
}
module.exports = load(${numbers.get(`./${entry}`)});`,
    more: `module.exports = { build: '${build}', modules: ${arrayOf(functions.slice(common))} };`,
  };
}

function arrayOf(functions) {
  return `[\n${functions.join(',\n')}\n]`;
}

function commonJs(path, text) {
  const { outputText } = ts.transpileModule(text, { fileName: path, compilerOptions: asCommonJs });
  return outputText;
}

/** Modules of the script are asked for by their number: shorter, and found faster. Names of all others stay. */
function byNumber(text, numbers) {
  return text.replaceAll(/\brequire\("(\.\/[^"]+)"\)/g, (call, name) =>
    numbers.has(name) ? `require(${numbers.get(name)})` : call,
  );
}
