/** The alias in package.json is what we import; its types are declared under the name of the package behind it. */
/// <reference path="../../node_modules/node-pty/node-pty.d.ts" />
declare module 'node-pty' {
  export * from '@lydell/node-pty';
}
