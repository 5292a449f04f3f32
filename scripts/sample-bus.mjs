/**
 * A bus with machined and systemd behind it, which know one machine: on it the nspawn backend is rehearsed for its code cache, where it is
 * installed. It has no dbus-next, which is in the program's bundle alone: it packs its answers itself (D-Bus Specification, Message Format).
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

const NAME = 'sample';
const UNIT = `systemd-nspawn@${NAME}.service`;
const MOMENT = 1_764_000_000_000_000n;
const NEVER = 0xffff_ffff_ffff_ffffn;
const image = { name: NAME, type: 'subvolume', path: `/var/lib/machines/${NAME}` };

const machineProperties = () => [
  ['Name', 's', NAME],
  ['Id', 'ay', Array.from({ length: 16 }, () => 1)],
  ['Timestamp', 't', MOMENT],
  ['Service', 's', 'systemd-nspawn'],
  ['Unit', 's', UNIT],
  // Somebody who is there.
  ['Leader', 'u', process.pid],
  ['Class', 's', 'container'],
  ['RootDirectory', 's', image.path],
  ['NetworkInterfaces', 'ai', [1]],
  ['State', 's', 'running'],
];
const imageProperties = () => [
  ['Name', 's', image.name],
  ['Path', 's', image.path],
  ['Type', 's', image.type],
  ['ReadOnly', 'b', false],
  ...['CreationTimestamp', 'ModificationTimestamp'].map((name) => [name, 't', MOMENT]),
  ...['Usage', 'Limit', 'UsageExclusive', 'LimitExclusive'].map((name) => [name, 't', NEVER]),
];
const unitRow = [UNIT, 'Container', 'loaded', 'active', 'running', '', '/unit', 0, '', '/'];

/** By what the call says: signature and values of the answer. In this order, since some words stand in others' calls too. */
const answers = [
  ['Hello', 's', () => [':1.1']],
  ['ListImages', 'a(ssbttto)', () => [[[image.name, image.type, false, MOMENT, MOMENT, NEVER, '/image']]]],
  ['ListMachines', 'a(ssso)', () => [[[NAME, 'container', 'systemd-nspawn', '/machine']]]],
  ['ListUnitsBy', 'a(ssssssouso)', () => [[unitRow]]],
  ['GetMachineAddresses', 'a(iay)', () => [[[2, [10, 0, 0, 2]]]]],
  ['machine1.Machine', 'a{sv}', () => [machineProperties().map(entry)]],
  ['machine1.Image', 'a{sv}', () => [imageProperties().map(entry)]],
];

const entry = ([key, signature, value]) => [key, { signature, value }];

/** A list, and what most commands ask first. @param socket a path where none is */
export async function rehearseNspawn(createNspawnManager, socket) {
  const close = await openSampleBus(socket);
  const environment = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` };
  const {
    views,
    settings,
    access,
    life,
    close: disconnect,
  } = createNspawnManager({ environment, helperPath: '' });
  try {
    const machines = await views.all();
    await views.usageOfAll(machines);
    await views.addressesOfAll(machines);
    settings.values(await settings.read(NAME), 'Exec', 'Boot');
    await life.awaitReady(NAME, 1000);
    // Who leads it is the first of no container.
    await access.exec(NAME, {}).catch(() => {});
  } finally {
    disconnect();
    close();
  }
}

/** @returns what closes it */
export async function openSampleBus(socket) {
  const server = createServer((connection) => {
    let unread = Buffer.alloc(0);
    let isGreeted = false;
    connection.on('error', () => {});
    connection.on('data', (data) => {
      unread = Buffer.concat([unread, data]);
      const begin = unread.indexOf('BEGIN\r\n');
      if (!isGreeted && begin >= 0) {
        isGreeted = true;
        unread = unread.subarray(begin + 'BEGIN\r\n'.length);
        connection.write('OK 00\r\n');
      }
      for (let size = sizeOf(unread); isGreeted && size <= unread.length; size = sizeOf(unread)) {
        connection.write(answerTo(unread.subarray(0, size)));
        unread = unread.subarray(size);
      }
    });
  });
  await once(server.listen(socket), 'listening');
  return () => server.close();
}

function sizeOf(message) {
  if (message.length < 16) return Number.POSITIVE_INFINITY;
  return 16 + aligned(message.readUInt32LE(12), 8) + message.readUInt32LE(4);
}

function answerTo(call) {
  const serial = call.readUInt32LE(8);
  const text = call.toString('latin1');
  const [, signature, values] = answers.find(([word]) => text.includes(word)) ?? [];
  return signature === undefined
    ? packed(ERROR, serial, 's', ['there is none'], [[4, 's', 'org.freedesktop.DBus.Error.UnknownObject']])
    : packed(METHOD_RETURN, serial, signature, values(), []);
}

const METHOD_RETURN = 2;
const ERROR = 3;

function packed(type, replySerial, signature, values, more) {
  const body = [];
  put(body, `(${signature})`, values);
  const fields = [...more, [5, 'u', replySerial], [7, 's', 'org.freedesktop.DBus'], [8, 'g', signature]];
  const message = [];
  const rows = fields.map(([code, of, value]) => [code, { signature: of, value }]);
  put(message, '(yyyyuua(yv))', ['l'.charCodeAt(0), type, 1, 1, body.length, 1, rows]);
  pad(message, 8);
  return Buffer.from([...message, ...body]);
}

const sizes = { y: 1, b: 4, i: 4, u: 4, s: 4, o: 4, g: 1, t: 8, a: 4, '(': 8, '{': 8, v: 1 };

/** Appends a value of the first type of a signature. */
function put(bytes, signature, value) {
  const [type] = signature;
  pad(bytes, sizes[type]);
  if (type === 'a') return putArray(bytes, signature.slice(1), value);
  if (type === '(' || type === '{') {
    for (const [index, one] of typesIn(signature.slice(1, -1)).entries()) put(bytes, one, value[index]);
  } else if (type === 'v') {
    put(bytes, 'g', value.signature);
    put(bytes, value.signature, value.value);
  } else if (type === 's' || type === 'o' || type === 'g') {
    putNumber(bytes, value.length, sizes[type]);
    bytes.push(...Buffer.from(value), 0);
  } else {
    putNumber(bytes, Number(value), sizes[type], value);
  }
}

/** Its length counts from the first element on. */
function putArray(bytes, of, values) {
  const at = bytes.length;
  putNumber(bytes, 0, 4);
  pad(bytes, sizes[of[0]]);
  const begin = bytes.length;
  for (const value of values) put(bytes, of, value);
  const length = [];
  putNumber(length, bytes.length - begin, 4);
  bytes.splice(at, 4, ...length);
}

function putNumber(bytes, number, size, whole = number) {
  for (let byte = 0; byte < size; byte += 1) bytes.push(Number((BigInt(whole) >> BigInt(8 * byte)) & 0xffn));
}

function pad(bytes, size) {
  while (bytes.length % size !== 0) bytes.push(0);
}

const aligned = (length, size) => Math.ceil(length / size) * size;

/** `sa(ib)` is `s`, `a(ib)`. */
function typesIn(signature) {
  return signature.match(/a*(?:[a-z]|\((?:[^()]|\([^()]*\))*\)|\{[^{}]*\})/g) ?? [];
}
