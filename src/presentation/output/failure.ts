/** The one place where an error becomes words, JSON and an exit code (cli.md). */
import { MachineError, type MachineErrorCode } from '../../machines/errors.ts';
import { safeJson, visible, visibleLines } from '../plain-text.ts';
import { JSON_VERSION, type Terminals } from './output.ts';

const exitCodes: Readonly<Record<MachineErrorCode, number>> = {
  usage: 2,
  'no-such-machine': 3,
  exists: 1,
  'wrong-state': 4,
  busy: 4,
  'invalid-config': 1,
  timeout: 1,
  unsupported: 1,
  failed: 1,
};

export function exitCodeOf(error: unknown): number {
  return error instanceof MachineError ? exitCodes[error.code] : 1;
}

/** The shape of an error in JSON (docs/json.md). */
export function failureFields(
  error: unknown,
  attempt: string | undefined,
): Readonly<Record<string, unknown>> {
  if (!(error instanceof MachineError)) return { code: 'failed', attempt, message: messageOf(error) };
  const { code, message, subject, hint, syscall, errno, path, step } = error;
  return { code, attempt, message, subject, hint, syscall, errno, path, step };
}

/** `attempt`: "start web". */
export function printFailure(
  error: unknown,
  attempt: string | undefined,
  json: boolean,
  terminals: Terminals,
): void {
  const text = json
    ? safeJson({ version: JSON_VERSION, error: failureFields(error, attempt) })
    : failureLines(error, attempt).join('\n');
  terminals.write(2, `${text}\n`);
}

export function failureLines(error: unknown, attempt: string | undefined): readonly string[] {
  const what = attempt === undefined ? '' : `cannot ${visible(attempt)}: `;
  const lines = [`tsmachine: ${what}${visibleLines(messageOf(error))}`];
  if (!(error instanceof MachineError)) return lines;
  const cause = kernelWord(error);
  if (cause !== undefined) lines.push(`  ${cause}`);
  if (error.hint !== undefined) lines.push(`hint: ${visibleLines(error.hint)}`);
  return lines;
}

/** What the kernel said, as far as the message does not say it already. */
function kernelWord(error: MachineError): string | undefined {
  const { step, syscall, errno, path, message } = error;
  const parts = [
    step === undefined ? undefined : `step ${step.index} (${step.section}): ${step.operation}`,
    syscall,
    path,
    errno,
  ].filter((part): part is string => part !== undefined && part !== '' && !message.includes(part));
  // The name of a system call alone tells a person nothing.
  if (parts.length === 0 || (parts.length === 1 && parts[0] === syscall)) return undefined;
  return visible(parts.join(': '));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
