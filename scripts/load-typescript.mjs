/** What scripts share with the tests, which are TypeScript: Node 20 does not read that. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** @param path of a module without dependencies of npm, relative to the project */
export async function loadTypeScript(path) {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, '..', path)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
