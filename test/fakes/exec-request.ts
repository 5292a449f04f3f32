import type { ExecRequest } from '../../src/backends/backend.ts';

/** A command of root's whose output is collected. */
export function execRequest(
  argv: readonly [string, ...string[]],
  changes: Partial<ExecRequest> = {},
): ExecRequest {
  return {
    argv,
    user: 'root',
    workingDirectory: undefined,
    environment: {},
    terminal: false,
    stdio: 'pipe',
    ...changes,
  };
}
