import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BackendError } from '../../src/backends/backend-error.ts';
import { MachineError } from '../../src/machines/errors.ts';
import { passOver } from '../../src/machines/failures.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('what need not succeed', () => {
  it.each([
    ['a machine’s', new MachineError('busy', 'somebody is at it')],
    ['a backend’s', new BackendError('failed', 'no space')],
    ['the system’s', thrownBy(() => readFileSync('/nowhere'))],
    ['an abort', thrownBy(() => AbortSignal.abort().throwIfAborted())],
  ])('passes over failures: %s', (_, error) => {
    expect(() => passOver(error)).not.toThrow();
  });

  it('passes over what an abort says, whatever that is', () => {
    const reason = new Error('broken off');
    expect(() => passOver(reason, AbortSignal.abort(reason))).not.toThrow();
    expect(() => passOver(reason, new AbortController().signal)).toThrow(reason);
  });

  it('does not pass over mistakes', () => {
    expect(() => passOver(new TypeError('x is undefined'))).toThrow('x is undefined');
  });
});
