import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seccompFilter } from '../../../../src/backends/native/seccomp/filters.ts';

const SOURCE = fileURLToPath(new URL('./ask-kernel.c', import.meta.url));

let work: string;

beforeAll(() => {
  work = mkdtempSync(`${tmpdir()}/seccomp-kernel-`);
  execFileSync('cc', ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-o', `${work}/ask-kernel`, SOURCE]);
});

afterAll(() => rmSync(work, { recursive: true }));

/** Needs no root: the program sets no_new_privs on itself. */
function answersUnder(filter: Buffer): readonly string[] {
  return execFileSync(`${work}/ask-kernel`, { input: filter, encoding: 'utf8' }).trim().split('\n');
}

it('the kernel takes the filter of this processor and answers as it says', () => {
  expect(answersUnder(seccompFilter('default', process.arch))).toEqual([
    'getpid done',
    'kexec_load EPERM',
    'open_by_handle_at EPERM',
    'finit_module EPERM',
    'bpf EPERM',
    'keyctl ENOSYS',
    'io_uring_setup ENOSYS',
    'unknown ENOSYS',
    'ioctl EBADF',
    'TIOCSTI EPERM',
    'TIOCSTI-high EPERM',
    'TIOCLINUX EPERM',
    'vsock EAFNOSUPPORT',
    'unix done',
  ]);
});

it('the kernel takes the filter for nesting, under which keyrings work', () => {
  const answers = answersUnder(seccompFilter('nesting', process.arch));
  expect(answers).toContain('keyctl EOPNOTSUPP');
  expect(answers).toContain('TIOCSTI EPERM');
});
