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

const units = ['service', 'timer'].map((kind) => `packaging/systemd/tsmachine-snapshot.${kind}`);

let contents: readonly string[] = [];
let archive = '';

/** As a user has it: elsewhere, without this checkout's node_modules, found by its name alone. */
async function tsmachine(...args: readonly string[]): Promise<string> {
  return (await run('tsmachine', args, { cwd: '/', env: installedIn(prefix) })).stdout;
}

function installedIn(folder: string): NodeJS.ProcessEnv {
  const { TSMACHINE_HELPER: _, ...rest } = process.env;
  return { ...rest, ...env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
}

/** Offline: whatever the program needs at run time is in the package. */
async function install(folder: string, ...options: readonly string[]): Promise<void> {
  const installing = ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', folder];
  await run('npm', [...installing, ...options, archive], { cwd: root });
}

beforeAll(async () => {
  // No scripts: the bundle is built already, and other tests may be running it.
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', root];
  const { stdout } = await run('npm', packing, { cwd: projectFolder });
  const [{ filename, files }] = JSON.parse(stdout);
  contents = files.map((file: { readonly path: string }) => file.path);
  archive = join(root, filename);
  await install(prefix);
});

describe('the package that npm pack makes, installed elsewhere', () => {
  it('holds the bundle, the sources of the helper and the documents, and nothing else', () => {
    const allowed =
      /^(dist\/((cli|main|load-more|more|load-dashboard|dashboard|charts|load-nspawn|nspawn)\.cjs)$|src\/backends\/native\/helper\/|packaging\/systemd\/|scripts\/(build-helper|code-cache|packages|sample-bus|sample-dashboard)\.mjs$|scripts\/sample-machine\.json$|[A-Z]+(\.md)?$|package\.json$)/;
    expect(contents.filter((path) => !allowed.test(path))).toEqual([]);
    for (const path of [
      'dist/cli.cjs',
      'dist/main.cjs',
      'dist/load-more.cjs',
      'dist/more.cjs',
      'dist/dashboard.cjs',
      'dist/charts.cjs',
      'dist/load-nspawn.cjs',
      'dist/nspawn.cjs',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      ...units,
    ])
      expect(contents).toContain(path);
  });

  it('has built its own helper', () => {
    expect(existsSync(join(installed, 'build', 'tsmachine-helper'))).toBe(true);
  });

  it('has made the code caches for its Node', () => {
    const made = readdirSync(join(installed, 'dist')).filter((file) =>
      /^(main|more)-[0-9a-f]{16}\.(life|time-travel)\.cache$/.test(file),
    );
    expect(made).toHaveLength(4);
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

describe('a package whose install script npm did not run', () => {
  it('says what builds the helper, also under an npm that asks for leave to run scripts', async () => {
    const folder = join(root, 'without-scripts');
    await install(folder, '--ignore-scripts');
    const program = { cwd: '/', env: installedIn(folder) };
    const { stderr } = await run('tsmachine', ['create', 'unbuilt', '-t', 'busybox'], program).catch(
      (failure) => failure,
    );
    const command = /`(npm rebuild [^`]*)`/.exec(stderr)?.[1] ?? 'false';
    const npm = { npm_config_prefix: folder, npm_config_strict_allow_scripts: 'true' };
    await run('sh', ['-c', command], { cwd: '/', env: { ...installedIn(folder), ...npm } });
    const answer = await run('tsmachine', ['doctor', '--json'], program).catch((failure) => failure);
    const { findings } = JSON.parse(answer.stdout);
    expect(findings.map(({ subject }: { readonly subject: string }) => subject)).toContain('kernel: pidfd');
  });
});
