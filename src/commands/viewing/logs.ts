import type { MachineEvent } from '../../machines/events/events.ts';
import type { Machines } from '../../machines/machines.ts';
import { eventLine } from '../../presentation/lines/event-text.ts';
import { createLogTextStream } from '../../presentation/lines/log-text.ts';
import type { Output } from '../../presentation/output/output.ts';
import { defineCommand } from '../program/command-definition.ts';
import { untilSignal } from '../program/until-signal.ts';

export const command = defineCommand<{ readonly follow?: true }>({
  attempt: 'read the logs of',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine').option('-f, --follow', 'go on with what happens');
  },
  run: async ({ output, machines }, [name = ''], { follow }) => {
    const opened = await machines();
    const log = createLog(output);
    if (follow !== true) {
      await showKept(opened, name, log);
      return 0;
    }
    return untilSignal((signal) => showAndFollow(opened, name, log, signal));
  },
});

interface Log {
  readonly event: (event: MachineEvent) => void;
  /** Undefined: the end; what is kept of a cut sequence comes out. */
  readonly console: (bytes: Uint8Array | undefined) => void;
}

/** Events and console text on one stdout: an event never breaks into a line of the console. */
function createLog(output: Output): Log {
  const decode = createLogTextStream();
  let midLine = false;
  return {
    event: (event) => {
      if (output.json) return output.document({ type: 'event', event });
      if (midLine) output.raw('\n');
      midLine = false;
      output.print([output.paint('cyan', eventLine(event, { withName: false }))]);
    },
    console: (bytes) => {
      const text = decode(bytes);
      if (text === '') return;
      if (output.json) return output.document({ type: 'console', text });
      output.raw(text);
      midLine = !text.endsWith('\n');
    },
  };
}

async function showKept(machines: Machines, name: string, log: Log): Promise<void> {
  const kept = await machines.readConsoleLog(name);
  for await (const event of machines.events({ name })) log.event(event);
  log.console(kept);
  log.console(undefined);
}

/** Following begins before the kept text is read: better a few bytes twice than some lost. */
async function showAndFollow(machines: Machines, name: string, log: Log, signal: AbortSignal): Promise<void> {
  const events = machines.followEvents({ name }, signal)[Symbol.asyncIterator]();
  const bytes = machines.followConsoleLog(name, signal)[Symbol.asyncIterator]();
  const first = { event: heardLater(events.next()), bytes: heardLater(bytes.next()) };
  const kept = await machines.readConsoleLog(name);
  for await (const event of machines.events({ name })) log.event(event);
  log.console(kept);
  await Promise.all([drain(events, first.event, log.event), drain(bytes, first.bytes, log.console)]);
}

/** It may fail before anybody waits for it, of the same cause as what comes first. */
function heardLater<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

async function drain<Value>(
  iterator: AsyncIterator<Value>,
  first: Promise<IteratorResult<Value>>,
  show: (value: Value) => void,
): Promise<void> {
  for (let next = await first; next.done !== true; next = await iterator.next()) show(next.value);
}
