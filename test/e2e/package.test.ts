import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const run = promisify(execFile);
const { root, env } = withRoot();
const prefix = join(root, 'prefix');
const installed = join(prefix, 'lib', 'node_modules', 'tsmachine');
const program = join(prefix, 'bin', 'tsmachine');

let contents: readonly string[] = [];

/** As a user has it: elsewhere, without this checkout's node_modules, found by its name alone. */
async function tsmachine(...args: readonly string[]): Promise<string> {
  const path = `${join(prefix, 'bin')}:${process.env['PATH']}`;
  const { TSMACHINE_HELPER: _, ...rest } = process.env;
  return (await run('tsmachine', args, { cwd: '/', env: { ...rest, ...env, PATH: path } })).stdout;
}

beforeAll(async () => {
  // No scripts: the bundle is built already, and other tests may be running it.
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', root];
  const { stdout } = await run('npm', packing, { cwd: projectFolder });
  const [{ filename, files }] = JSON.parse(stdout);
  contents = files.map((file: { readonly path: string }) => file.path);
  // Offline: whatever the program needs at run time is in the package.
  const installing = ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', prefix];
  await run('npm', [...installing, join(root, filename)], { cwd: root });
}, 120_000);

describe('the package that npm pack makes, installed elsewhere', () => {
  it('holds the bundle, the sources of the helper and the documents, and nothing else', () => {
    const allowed =
      /^(dist\/(cli|main)\.cjs$|src\/backends\/native\/helper\/|scripts\/(build-helper|code-cache|packages)\.mjs$|scripts\/sample-machine\.json$|[A-Z]+(\.md)?$|package\.json$)/;
    expect(contents.filter((path) => !allowed.test(path))).toEqual([]);
    for (const path of ['dist/cli.cjs', 'dist/main.cjs', 'README.md', 'LICENSE', 'CHANGELOG.md'])
      expect(contents).toContain(path);
  });

  it('has built its own helper', () => {
    expect(existsSync(join(installed, 'build', 'tsmachine-helper'))).toBe(true);
  });

  it('has made the code cache for its Node', () => {
    const made = readdirSync(join(installed, 'dist')).filter((file) =>
      /^main-[0-9a-f]{16}\.cache$/.test(file),
    );
    expect(made).toHaveLength(1);
  });

  it('puts tsmachine on the PATH', async () => {
    expect(existsSync(program)).toBe(true);
    expect(await tsmachine('--version')).toMatch(/\d+\.\d+\.\d+/);
  });

  it('creates, starts, enters and destroys a machine', async () => {
    await tsmachine('create', 'packed', '--template', 'busybox');
    await tsmachine('start', 'packed');
    expect(await tsmachine('exec', 'packed', '--', 'hostname')).toBe('packed\n');
    await tsmachine('destroy', '--force', '--now', 'packed');
    expect(JSON.parse(await tsmachine('list', '--json')).machines).toEqual([]);
  });
});
