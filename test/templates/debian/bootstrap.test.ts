import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bootstrap, mmdebstrapArguments } from '../../../src/templates/debian/bootstrap.ts';
import { distributions } from '../../../src/templates/debian/distributions.ts';
import type { DebianOrder } from '../../../src/templates/debian/order.ts';
import { fakeCommands, scratchFile } from '../fake-host.ts';
import { prepareContext } from '../template-context.ts';

const order: DebianOrder = {
  distribution: distributions.debian,
  release: 'bookworm',
  variant: 'minbase',
  packages: ['dbus', 'tmux'],
  mirror: undefined,
  consoleLogin: 'root',
};
const sources = { entries: ['deb http://mirror.example/debian bookworm main'], stanzas: 'Types: deb\n' };

/** A host whose setpriv, instead of anything else, does this. */
function fakeHost(script: string): void {
  fakeCommands({ setpriv: script, unshare: 'exit 1', mmdebstrap: 'exit 1' });
}

describe('mmdebstrap', () => {
  it('gets each word as an argument of its own, behind the end of its options', () => {
    const words = mmdebstrapArguments(order, sources);
    expect(words.slice(words.indexOf('--') + 1)).toEqual(['bookworm', '/mnt', '-', sources.entries[0]]);
    expect(words).toContain('--include=dbus,tmux');
    expect(words.join(' ')).not.toMatch(/unauthenticated|trusted|insecure/);
  });

  it('reads no stanzas where there are none', () => {
    expect(mmdebstrapArguments(order, { ...sources, stanzas: '' })).not.toContain('-');
  });

  it('runs in namespaces that die with it, and with us', async () => {
    const log = scratchFile('log', '');
    fakeHost(`printf '%s\\n' "$@" > ${log}; cat >> ${log}`);
    const { context, target } = prepareContext();
    await bootstrap(context, order, sources, target);
    const words = readFileSync(log, 'utf8').split('\n');
    expect(words.slice(0, 3)).toEqual(['--pdeathsig', 'KILL', 'unshare']);
    expect(words).toEqual(expect.arrayContaining(['--mount', '--pid', '--kill-child=KILL', target]));
    expect(words.at(-2)).toBe('Types: deb');
  });

  it('tells what it is doing', async () => {
    fakeHost('cat > /dev/null; echo "I: extracting archives..." >&2; echo "I: success in 9 seconds" >&2');
    const { context, target, messages } = prepareContext();
    await bootstrap(context, order, sources, target);
    expect(messages).toContain('extracting archives...');
    expect(messages.join()).not.toContain('success');
  });

  it('fails with the first error of what it ran, and all its words as the cause', async () => {
    fakeHost('echo "E: Unable to locate package tmux" >&2; echo "E: apt-get failed" >&2; exit 25');
    const { context, target } = prepareContext();
    await expect(bootstrap(context, order, sources, target)).rejects.toMatchObject({
      name: 'TemplateError',
      message: 'debian bookworm could not be installed: Unable to locate package tmux',
      cause: { message: expect.stringContaining('apt-get failed') },
    });
  });

  it('that is not there is named, with its package', async () => {
    fakeCommands({ unshare: ':', setpriv: ':' }, { alone: true });
    const { context, target } = prepareContext();
    const tried = bootstrap(context, order, sources, target, '/nowhere');
    await expect(tried).rejects.toMatchObject({
      message: expect.stringContaining('mmdebstrap is not on this host'),
      hint: expect.stringContaining('apt-get install mmdebstrap'),
    });
  });

  it('is killed when a person gives up, and the reason is theirs', async () => {
    fakeHost('echo "I: downloading" >&2; exec sleep 600');
    const abort = new AbortController();
    const { context, target } = prepareContext();
    const progress = (message: string) => {
      if (message === 'downloading') abort.abort();
    };
    const tried = bootstrap({ ...context, progress, signal: abort.signal }, order, sources, target);
    await expect(tried).rejects.toMatchObject({ name: 'AbortError' });
  });
});
