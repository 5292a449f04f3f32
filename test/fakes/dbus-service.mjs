/** A service on a private bus (private-bus.ts): its methods are ways to answer. Arguments: its name, a folder for what it must remember. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import dbus from 'dbus-next';

const [name, folder] = process.argv.slice(2);
const bus = dbus.sessionBus({ busAddress: process.env.DBUS_STARTER_ADDRESS });
bus.on('error', () => process.exit(0));
// dbus-next tells of an end to nobody.
bus._connection.on('end', () => process.exit(0));

const answer = (message) => bus.send(dbus.Message.newMethodReturn(message, message.signature, message.body));

const methods = {
  Echo: answer,
  Hang: () => {},
  Die: () => process.exit(0),
  /** The first of its kind dies; the next one, whom the bus starts, answers. */
  DieOnce: (message) => {
    const mark = join(folder, 'died');
    if (existsSync(mark)) return answer(message);
    writeFileSync(mark, '');
    process.exit(0);
  },
  Refuse: (message) => bus.send(dbus.Message.newError(message, ...message.body)),
  /** A signal of this name with these words, to all. */
  Tell: (message) => {
    const [member, words] = message.body;
    bus.send(dbus.Message.newSignal('/org/tsmachine/test', 'org.tsmachine.Test', member, 'as', [words]));
    bus.send(dbus.Message.newMethodReturn(message));
  },
};

bus.addMethodHandler((message) => {
  const method = methods[message.member];
  if (method === undefined) return false;
  method(message);
  return true;
});
await bus.requestName(name, 0);
