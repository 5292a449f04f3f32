import { describe, expect, it } from 'vitest';
import { formatConfig, parseConfig } from '../../../src/machines/config/config-file.ts';
import { exampleConfig } from '../../fakes/machine-config.ts';
import { caught } from '../caught.ts';

const source = { name: 'web', path: '/root/machines/web/config.json', previous: undefined };
const text = formatConfig(exampleConfig);

function changed(change: (config: Record<string, unknown>) => void): string {
  const config = JSON.parse(text);
  change(config);
  return JSON.stringify(config);
}

async function refusal(broken: string): Promise<string> {
  const error = await caught(() => parseConfig(broken, source));
  expect(error).toMatchObject({ code: 'invalid-config', path: source.path, subject: 'web' });
  return error.message;
}

describe('config.json', () => {
  it('comes back as it was written', () => {
    expect(parseConfig(text, source)).toEqual(exampleConfig);
  });

  it('is refused with the place where it is cut off, wherever that is', async () => {
    for (let length = 1; length < text.length - 2; length += 7) {
      expect(await refusal(text.slice(0, length))).toMatch(/line \d+, column \d+ \(the end: it is cut off\)/);
    }
  });

  it('is refused with the place of what is no JSON', async () => {
    expect(await refusal('{\n  "version": 1 2\n}')).toContain('line 2, column 16');
    expect(await refusal('{\n  "version": x\n}')).toContain('"version": x');
  });

  it('is refused when empty', async () => {
    expect(await refusal('')).toContain('empty');
  });

  it('is refused with the name of a key that is not known', async () => {
    expect(await refusal(changed((config) => Object.assign(config, { priviledged: true })))).toContain(
      'unknown key "priviledged"',
    );
  });

  it('is refused with the name of an unknown key further in', async () => {
    const broken = changed((config) => Object.assign(config['limits'] as object, { 'memory.hihg': 1 }));
    expect(await refusal(broken)).toContain('unknown key "memory.hihg" in limits');
  });

  it('is refused with the name of a missing key', async () => {
    expect(await refusal(changed((config) => delete config['idRange']))).toContain('"idRange" is missing');
  });

  it('is refused with the path of a wrong value', async () => {
    const broken = changed((config) => Object.assign(config['console'] as object, { logBytes: 'much' }));
    expect(await refusal(broken)).toContain('"console.logBytes" must be number, not "much"');
  });

  it.each([
    [
      { signals: { halt: 'SIGNONE', reboot: 'auto' } },
      '"signals.halt": must be auto or a name such as SIGPWR',
    ],
    [{ tmpfs: [{ path: '/a/../b' }] }, '"tmpfs.0.path": must be an absolute path without'],
    [{ snapshots: { schedule: 'often' } }, '"snapshots.schedule": must be a period such as daily or 6h'],
    [{ snapshots: { expiry: '7' } }, '"snapshots.expiry": must be a span such as 7d'],
    [
      { storage: { driver: 'dir', layers: [], snapshot: '../x' } },
      '"storage.snapshot": must be the name of a snapshot',
    ],
    [{ console: { logBytes: 4095 } }, '"console.logBytes": 4095 is not within 4096 to 1073741824'],
    [{ limits: { 'memory.max': 512 } }, '"limits.memory.max": 512 is not within 1048576 to'],
    [{ limits: { 'devices.allow': { '/dev/kvm': 'wr' } } }, 'must be of the letters r, w and m'],
    [{ limits: { 'devices.allow': { kvm: 'r' } } }, 'must be a device such as /dev/kvm'],
    [{ limits: { 'pids.max': 0 } }, '"limits.pids.max": 0 is not within 1 to 4194304'],
    [
      { limits: { 'cpu.max': { quotaUsec: 'max', periodUsec: 2_000_000 } } },
      '"limits.cpu.max.periodUsec": 2000000 is not within 1000 to 1000000',
    ],
    [
      { limits: { 'cpu.max': { quotaUsec: 1, periodUsec: 1000 } } },
      '"limits.cpu.max.quotaUsec": 1 is not within 1000 to',
    ],
    [
      { rlimits: { core: { soft: 5, hard: 4 } } },
      '"rlimits": core: the soft limit 5 is above the hard limit 4',
    ],
    [{ rlimits: { nofile: { soft: 5, hard: 'unlimited' } } }, '"rlimits": nofile: '],
    [{ rlimits: { files: { soft: 5, hard: 5 } } }, '"rlimits.files": must be one of as, core, '],
  ])('is refused with key, value and bounds: %j', async (part, words) => {
    expect(await refusal(changed((config) => Object.assign(config, part)))).toContain(words);
  });

  it('never takes a path with dot-dot, nor a layer id that is a path', async () => {
    const bind = { source: '/a/../../etc', path: '/x', readOnly: false };
    expect(await refusal(changed((config) => Object.assign(config, { binds: [bind] })))).toContain('binds');
    const layers = { driver: 'overlay', layers: ['../../etc'] };
    expect(await refusal(changed((config) => Object.assign(config, { storage: layers })))).toContain(
      'layers',
    );
  });

  it('of a later version is refused with a word about that', async () => {
    const broken = changed((config) => Object.assign(config, { version: 2, brandNew: true }));
    const error = await caught(() => parseConfig(broken, source));
    expect(error.message).toContain('version 2');
    expect(error.hint).toContain('newer tsmachine');
  });

  it('says how to repair it, with the kept copy', async () => {
    const error = await caught(() => parseConfig('{', { ...source, previous: '/kept' }));
    expect(error.hint).toContain('tsmachine config web --edit');
    expect(error.hint).toContain('/kept');
  });
});
