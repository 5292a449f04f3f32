import { openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../src/backends/backend.ts';
import { toMachineError } from '../../src/machines/error-conversion.ts';
import { MachineError } from '../../src/machines/errors.ts';
import { TemplateError } from '../../src/templates/template-error.ts';

describe('errors that leave the domain', () => {
  it('keep step, syscall, errno and path of a backend', () => {
    const step = { section: 'inside', index: 4, operation: 'mount' };
    const cause = new BackendError('launch-failed', 'mount failed', {
      step,
      syscall: 'mount',
      errno: 'EBUSY',
      path: '/proc',
      hint: 'do this',
    });
    const error = toMachineError(cause, 'web');
    expect(error).toMatchObject({
      code: 'failed',
      subject: 'web',
      step,
      syscall: 'mount',
      errno: 'EBUSY',
      path: '/proc',
      hint: 'do this',
    });
    expect(error.cause).toBe(cause);
  });

  it.each([
    ['not-running', 'wrong-state'],
    ['already-running', 'wrong-state'],
    ['frozen', 'wrong-state'],
    ['busy', 'busy'],
    ['timeout', 'timeout'],
    ['unsupported', 'unsupported'],
    ['permission', 'failed'],
  ] as const)('turn %s of a backend into %s', (code, expected) => {
    expect(toMachineError(new BackendError(code, 'words')).code).toBe(expected);
  });

  it('name the key of a resource limit that the kernel refuses', () => {
    const step = { section: 'inside', index: 60, operation: 'rlimit' };
    const details = { step, syscall: 'setrlimit', errno: 'EPERM', path: 'memlock', hint: 'in other words' };
    const { hint } = toMachineError(new BackendError('launch-failed', 'rlimit failed', details), 'web');
    expect(hint).toContain('rlimit.memlock');
    expect(hint).toContain('prlimit --memlock');
  });

  it('say what to do about a full disk', () => {
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write', path: '/x/y' });
    expect(toMachineError(full)).toMatchObject({
      code: 'failed',
      errno: 'ENOSPC',
      path: '/x/y',
      hint: expect.stringContaining('disk is full'),
    });
  });

  it('say what to do about a file where a folder must be', () => {
    const inTheWay = Object.assign(new Error('no'), { code: 'ENOTDIR', syscall: 'open', path: '/x/y' });
    expect(toMachineError(inTheWay).hint).toContain('--root');
  });

  it('name call and file of a system error', () => {
    try {
      openSync('/nowhere/at/all', 'r');
    } catch (error) {
      expect(toMachineError(error).message).toBe('open /nowhere/at/all: ENOENT');
    }
    expect.assertions(1);
  });

  it("keep a template's hint", () => {
    expect(toMachineError(new TemplateError('no busybox', { hint: 'install it' })).hint).toBe('install it');
  });

  it('are left alone if they are ours', () => {
    const error = new MachineError('exists', 'taken');
    expect(toMachineError(error, 'other')).toBe(error);
  });
});
