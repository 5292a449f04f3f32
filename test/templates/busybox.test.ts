import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { busybox } from '../../src/templates/busybox/busybox.ts';
import * as elf from '../../src/templates/busybox/elf.ts';
import { findBinary } from '../../src/templates/busybox/find-binary.ts';
import { runFolder } from '../setup/test-run.ts';
import { elfFile, fakeCommands, scratchFile } from './fake-host.ts';
import { prepareContext } from './template-context.ts';

const machineOf: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };
const here = machineOf[process.arch] ?? 62;
const staticProgram = (): Buffer => elfFile(here, [1]);

afterEach(() => vi.restoreAllMocks());

/** A host on which no busybox counts, whatever this one has: only paths below the test's folder do. */
function hideHostBusybox(): void {
  const real = elf.examineElf;
  vi.spyOn(elf, 'examineElf').mockImplementation(async (path, architecture) =>
    path.startsWith(runFolder()) ? real(path, architecture) : 'dynamic',
  );
}

/** apt-get that delivers a package and dpkg-deb that unpacks it: as Debian's do, without a network. */
function fakeApt(options: { readonly listsMissing?: boolean; readonly offline?: boolean } = {}): string {
  const log = scratchFile('log', '');
  const program = scratchFile('program', staticProgram());
  const refuse = "echo 'E: Unable to locate package busybox-static' >&2; exit 100";
  fakeCommands({
    'apt-get': [
      `echo "$*" >> ${log}`,
      options.offline ? refuse : ':',
      options.listsMissing ? `case "$*" in *Dir::State::Lists*) ;; *) ${refuse};; esac` : ':',
      'case "$*" in *download*) touch busybox-static_1_amd64.deb;; esac',
    ].join('\n'),
    'dpkg-deb': `mkdir -p "$3/bin"; cp ${program} "$3/bin/busybox"`,
  });
  return log;
}

describe('the busybox that a machine is made from', () => {
  it('is the one that the option names', async () => {
    const path = scratchFile('mine', staticProgram());
    expect(await findBinary(prepareContext({ busybox: path }).context)).toBe(path);
  });

  it('is refused when it is dynamically linked, with the way out', async () => {
    const path = scratchFile('mine', elfFile(here, [1, 3]));
    await expect(findBinary(prepareContext({ busybox: path }).context)).rejects.toMatchObject({
      name: 'TemplateError',
      message: expect.stringContaining('dynamically linked'),
      hint: expect.stringContaining('busybox-static'),
    });
  });

  it.each([
    ['a relative path', 'bin/busybox', 'not an absolute path'],
    ['a missing file', '/nonexistent/busybox', 'no such file'],
  ])('is refused when the option names %s', async (_what, path, message) => {
    await expect(findBinary(prepareContext({ busybox: path }).context)).rejects.toThrow(message);
  });

  it('is found on the PATH', async () => {
    const folder = fakeCommands({});
    writeFileSync(join(folder, 'busybox'), staticProgram());
    expect(await findBinary(prepareContext().context)).toBe(join(folder, 'busybox'));
  });

  it('is passed over when the one on the PATH is dynamic', async () => {
    hideHostBusybox();
    const dynamic = fakeCommands({});
    writeFileSync(join(dynamic, 'busybox'), elfFile(here, [1, 3]));
    const good = fakeCommands({});
    writeFileSync(join(good, 'busybox-static'), staticProgram());
    expect(await findBinary(prepareContext().context)).toBe(join(good, 'busybox-static'));
  });
});

describe('on a host without a static busybox', () => {
  it("fetches the distribution's package and unpacks it without installing it", async () => {
    hideHostBusybox();
    fakeApt();
    const { context, messages } = prepareContext();
    expect(await findBinary(context)).toBe(join(context.workDirectory, 'busybox'));
    expect(messages).toEqual(['fetching the package of busybox with apt-get']);
  });

  it('fetches package lists of its own when the host has none', async () => {
    hideHostBusybox();
    fakeApt({ listsMissing: true });
    const { context } = prepareContext();
    expect(existsSync(await findBinary(context))).toBe(true);
  });

  it('fetches once, and keeps the program for the next machine', async () => {
    hideHostBusybox();
    fakeApt();
    const cacheDirectory = mkdtempSync(join(runFolder(), 'cache-'));
    await findBinary(prepareContext({}, { cacheDirectory }).context);
    fakeApt({ offline: true });
    const again = await findBinary(prepareContext({}, { cacheDirectory }).context);
    expect(again).toBe(join(cacheDirectory, 'busybox'));
    expect(readdirSync(cacheDirectory)).toEqual(['busybox']);
  });

  it("says offline what is missing, with the tool's own words and the command that helps", async () => {
    hideHostBusybox();
    fakeApt({ offline: true });
    await expect(findBinary(prepareContext().context)).rejects.toMatchObject({
      message: expect.stringContaining('Unable to locate package busybox-static'),
      hint: expect.stringContaining('apt-get install busybox-static'),
    });
  });

  it('says so when there is no package manager either', async () => {
    hideHostBusybox();
    fakeCommands({}, { alone: true });
    await expect(findBinary(prepareContext().context)).rejects.toThrow('no package manager to fetch one');
  });

  it('stops fetching when the command is interrupted', async () => {
    hideHostBusybox();
    fakeApt();
    const { context } = prepareContext();
    await expect(findBinary({ ...context, signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('the image key', () => {
  it('is the same for the same program, wherever it lies', async () => {
    const keys = [staticProgram(), staticProgram()].map((content) =>
      busybox.imageKey(prepareContext({ busybox: scratchFile('busybox', content) }).context),
    );
    const [first, second] = await Promise.all(keys);
    expect(first).toBe(second);
    expect(first).toMatch(/^busybox-[0-9a-f]{64}$/);
  });

  it('differs for another program', async () => {
    const other = Buffer.concat([staticProgram(), Buffer.from('x')]);
    const keys = [staticProgram(), other].map((content) =>
      busybox.imageKey(prepareContext({ busybox: scratchFile('busybox', content) }).context),
    );
    const [first, second] = await Promise.all(keys);
    expect(first).not.toBe(second);
  });
});
