/**
 * An esbuild plugin: modules of Node that are slow to load and that Node itself has not loaded at the start are loaded at
 * the first use of one of their members. No command uses all of them, and together they take longer than a whole `list`.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const slow =
  /^(?:node:)?(child_process|crypto|fs\/promises|net|os|readline|stream|stream\/(?:promises|consumers)|string_decoder|timers\/promises|tty|zlib)$/;

export const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: slow }, ({ path, namespace, kind }) =>
      namespace.startsWith('lazy-')
        ? { path, external: true }
        : {
            path: path.replace(/^node:/, ''),
            namespace: kind === 'require-call' ? 'lazy-module' : 'lazy-members',
          },
    );
    build.onLoad({ filter: /.*/, namespace: 'lazy-module' }, ({ path }) => ({ contents: lazyModule(path) }));
    build.onLoad({ filter: /.*/, namespace: 'lazy-members' }, ({ path }) => ({
      contents: lazyMembers(path),
    }));
  },
};

/** What require() gives. */
function lazyModule(path) {
  return `module.exports = new Proxy({}, { get: (_, member) => require('node:${path}')[member] });`;
}

/**
 * What is imported: functions, classes and objects (a text or a number cannot be lazy), of which esbuild keeps those that somebody imports. As getters of one object, which
 * are defined at each start, they took more than a millisecond.
 */
function lazyMembers(path) {
  const exported = Object.entries(require(`node:${path}`))
    .filter(([, value]) => ['function', 'object'].includes(typeof value))
    .map(([member]) => `export const ${member} = /* @__PURE__ */ lazy('${member}');`);
  return `const load = (member) => require('node:${path}')[member];
const lazy = (member) => {
  const proxy = new Proxy(function () {}, {
    apply: (_, self, given) => Reflect.apply(load(member), self, given),
    construct: (_, given, made) => Reflect.construct(load(member), given, made === proxy ? load(member) : made),
    get: (_, key) => load(member)[key],
  });
  return proxy;
};
${exported.join('\n')}`;
}
