/** Whatever a verb throws leaves the domain as a MachineError that names its subject. */
import { toMachineError } from './error-conversion.ts';
import { MachineError } from './errors.ts';

/** For what may take long: who interrupted it is told that, whatever it was that threw then, unless that says what is left. */
export async function guardWork<T>(
  subject: string | undefined,
  { signal }: { readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted && !(error instanceof MachineError && error.tellsWhatIsLeft)) {
      throw new MachineError('failed', 'interrupted; what was half done is undone', {
        subject,
        cause: error,
      });
    }
    throw toMachineError(error, subject);
  }
}

export async function guard<T>(subject: string | undefined, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toMachineError(error, subject);
  }
}

export function guardNow<T>(subject: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toMachineError(error, subject);
  }
}

export async function* guardEach<T>(
  subject: string | undefined,
  make: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  try {
    yield* make();
  } catch (error) {
    throw toMachineError(error, subject);
  }
}
