/** Jobs of systemd: what starts and stops units. */
import { BackendError } from '../backend.ts';
import type { Bus } from './bus/bus.ts';
import type { MethodCall, SignalMatch } from './bus/calls.ts';
import { text } from './bus/values.ts';

export type JobKind = 'StartUnit' | 'StopUnit';

/** org.freedesktop.systemd1(5), JobRemoved. */
export type JobResult = 'done' | 'canceled' | 'timeout' | 'failed' | 'dependency' | 'skipped';

const jobsRemoved: SignalMatch = {
  sender: 'org.freedesktop.systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
  member: 'JobRemoved',
};

export interface JobOptions {
  /** Stops waiting; the job goes on. */
  readonly abort?: AbortSignal;
  /** What must be so before it begins, asked for meanwhile: if it is not, that is thrown, and there is no job. */
  readonly provided?: Promise<unknown>;
}

interface JobRequest {
  readonly bus: Bus;
  readonly subscribe: () => Promise<void>;
  /** Whose answer is the path of the job's object. */
  readonly call: MethodCall;
  readonly abort: AbortSignal | undefined;
  readonly provided: Promise<unknown> | undefined;
}

/** Resolves when the job is no more. How long that takes is the unit's to say (TimeoutStartSec, TimeoutStopSec). */
export async function runJob({ bus, subscribe, call, abort, provided }: JobRequest): Promise<JobResult> {
  // Before the job begins: it may be removed before its name is known here.
  const asked = Promise.all([subscribe(), provided]);
  // Waited for below, if it comes to that.
  asked.catch(() => {});
  const removed = await bus.subscribe([jobsRemoved]);
  const stop = (): void => removed.close();
  abort?.addEventListener('abort', stop);
  try {
    await asked;
    abort?.throwIfAborted();
    const [job] = await bus.call(call);
    for await (const { body } of removed) {
      const [, path, , result] = body;
      if (path === job) return text(result) as JobResult;
    }
    throw (
      abort?.reason ?? new BackendError('failed', `${call.member} was not waited for: the bus was closed`)
    );
  } finally {
    abort?.removeEventListener('abort', stop);
    removed.close();
  }
}
