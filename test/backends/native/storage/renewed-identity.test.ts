import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renewIdentity } from '../../../../src/backends/native/storage/identity.ts';
import { toolPath } from '../../../../src/backends/native/storage/tool.ts';
import { machineSpec } from '../machine-spec.ts';

vi.mock(import('../../../../src/backends/native/storage/tool.ts'), async (importActual) => {
  const actual = await importActual();
  return { ...actual, toolPath: vi.fn(actual.toolPath) };
});

const HELPER =
  process.env['TSMACHINE_TEST_HELPER'] ?? resolve(import.meta.dirname, '../../../../build/tsmachine-helper');

let folder: string;
let upper: string;
let layer: string;

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/renewed-`);
  upper = `${folder}/upper`;
  layer = `${folder}/layer`;
  mkdirSync(upper);
  mkdirSync(`${layer}/etc/ssh`, { recursive: true });
});
afterEach(() => {
  vi.mocked(toolPath).mockClear();
  rmSync(folder, { recursive: true });
});

const renew = () => renewIdentity(HELPER, machineSpec({ hostname: 'beta' }), [upper, layer]);
const oldKey = (tree: string, type: string) => writeFileSync(`${tree}/etc/ssh/ssh_host_${type}_key`, 'old\n');
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

describe('a machine that becomes somebody else', () => {
  it('gets a new pair for each host key that it has, whichever layer has it', async () => {
    chmodSync(`${layer}/etc/ssh`, 0o750);
    mkdirSync(`${upper}/etc/ssh`, { recursive: true });
    oldKey(layer, 'ed25519');
    oldKey(upper, 'ecdsa');
    await renew();
    expect(readdirSync(`${upper}/etc/ssh`).toSorted()).toEqual([
      'ssh_host_ecdsa_key',
      'ssh_host_ecdsa_key.pub',
      'ssh_host_ed25519_key',
      'ssh_host_ed25519_key.pub',
    ]);
    const key = `${upper}/etc/ssh/ssh_host_ed25519_key`;
    expect([modeOf(key), modeOf(`${key}.pub`)]).toEqual(['600', '644']);
    const published = readFileSync(`${key}.pub`, 'utf8');
    expect(published).toMatch(/^ssh-ed25519 \S+ root@beta\n$/);
    const belonging = execFileSync('ssh-keygen', ['-y', '-f', key], { encoding: 'utf8' });
    expect(belonging.split(' ')[1]?.trim()).toBe(published.split(' ')[1]);
    expect(readFileSync(`${layer}/etc/ssh/ssh_host_ed25519_key`, 'utf8')).toBe('old\n');
    expect(readFileSync(`${upper}/etc/hostname`, 'utf8')).toBe('beta\n');
  });

  it('makes a directory that only a layer has as it is there', async () => {
    chmodSync(`${layer}/etc/ssh`, 0o750);
    oldKey(layer, 'ed25519');
    await renew();
    expect(modeOf(`${upper}/etc/ssh`)).toBe('750');
  });

  it('without host keys gets none, and needs no ssh-keygen', async () => {
    await renew();
    expect(existsSync(`${upper}/etc/ssh`)).toBe(false);
    expect(toolPath).not.toHaveBeenCalled();
  });

  it('does not take a link for a key, and follows none', async () => {
    mkdirSync(`${folder}/outside`);
    writeFileSync(`${folder}/outside/ssh_host_rsa_key`, 'of the host');
    symlinkSync(`${folder}/outside/ssh_host_rsa_key`, `${layer}/etc/ssh/ssh_host_rsa_key`);
    mkdirSync(`${upper}/etc`);
    await renew();
    expect(existsSync(`${upper}/etc/ssh`)).toBe(false);
    oldKey(layer, 'ecdsa');
    symlinkSync(`${folder}/outside`, `${upper}/etc/ssh`);
    await renew();
    expect(readdirSync(`${folder}/outside`)).toEqual(['ssh_host_rsa_key']);
    expect(readFileSync(`${folder}/outside/ssh_host_rsa_key`, 'utf8')).toBe('of the host');
  });

  it('is left as it was where new keys cannot be made', async () => {
    oldKey(layer, 'ed25519');
    vi.mocked(toolPath).mockReturnValueOnce(undefined);
    await expect(renew()).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringMatching(/openssh-client.*--keep-identity/),
    });
    expect(readdirSync(upper)).toEqual([]);
  });
});
