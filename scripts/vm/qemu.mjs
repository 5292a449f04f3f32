/** The emulator: a machine of virtio devices alone, its processor translated (TCG), so that it works where KVM does not. */
import { spawn } from 'node:child_process';
import { kernelWords, memoryMiB, processors } from './parts.mjs';

export const emulator = 'qemu-system-x86_64';

/** How much of the guest's console is kept for the person who looks for what went wrong. */
const CONSOLE_CHARACTERS = 16_384;

/** Descriptors of the emulator: each is a socket to us. */
const streams = { console: 3, control: 4, stdout: 5, stderr: 6, terminal: 7, monitor: 8 };

/**
 * Starts the emulator in the folder of a built machine, or of one that is being built.
 * @param shares tag -> folder (`{ path, readonly }`), for 9p
 * @param state `save`: memory is written to the file, for makeState; `resume`: it goes on from there, and changes nothing
 */
export function startEmulator({ folder, shares = {}, state }) {
  // Dies with us, even if we are killed: it would run on for nobody.
  const dying = ['--pdeathsig', 'KILL', emulator];
  const child = spawn('setpriv', [...dying, ...emulatorArguments(shares, state)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe', ...Object.keys(streams).map(() => 'pipe')],
  });
  const stream = Object.fromEntries(Object.entries(streams).map(([name, fd]) => [name, child.stdio[fd]]));
  // The emulator may end in the middle of a word of ours.
  for (const one of Object.values(stream)) one.on('error', () => {});
  let words = '';
  for (const source of [stream.console, child.stderr]) {
    source.setEncoding('utf8');
    source.on('data', (chunk) => {
      words = (words + chunk).slice(-CONSOLE_CHARACTERS);
    });
  }
  const ended = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ?? `code ${code}`));
  });
  return { child, ...stream, ended, consoleTail: () => words };
}

function emulatorArguments(shares, state) {
  return [
    ...['-M', 'microvm,acpi=on,memory-backend=ram', '-accel', 'tcg,thread=multi', '-cpu', 'max,la57=off'],
    ...[
      '-m',
      `${memoryMiB}M`,
      '-smp',
      String(processors),
      '-nodefaults',
      '-no-user-config',
      '-display',
      'none',
      '-no-reboot',
    ],
    ...[
      '-object',
      `memory-backend-file,id=ram,size=${memoryMiB}M,mem-path=ram,share=${state === 'save' ? 'on' : 'off'}`,
    ],
    ...['-kernel', 'vmlinux', '-initrd', 'initrd', '-append', kernelWords.join(' ')],
    ...[
      '-drive',
      `id=disk,file=disk,format=raw,if=none,cache=unsafe,snapshot=${state === 'save' ? 'off' : 'on'}`,
    ],
    ...['-device', 'virtio-blk-device,drive=disk', '-device', 'virtio-rng-device'],
    ...['-device', 'virtio-serial-device,max_ports=5'],
    ...['-chardev', `socket,id=console,fd=${streams.console}`, '-serial', 'chardev:console'],
    ...['-chardev', `socket,id=terminal,fd=${streams.terminal}`, '-device', 'virtconsole,chardev=terminal'],
    ...['control', 'stdout', 'stderr'].flatMap(port),
    ...['-chardev', `socket,id=monitor,fd=${streams.monitor}`, '-mon', 'chardev=monitor,mode=control'],
    ...shareArguments(shares),
    ...(state === 'resume' ? ['-incoming', 'defer'] : []),
  ];
}

function port(name) {
  return [
    ...['-chardev', `socket,id=${name},fd=${streams[name]}`],
    ...['-device', `virtserialport,chardev=${name},name=tsmachine.${name}`],
  ];
}

/** A resumed machine has the devices of the saved one: the tags are always there. */
function shareArguments(shares) {
  return ['project', 'job'].flatMap((tag) => {
    const { path, readonly } = shares[tag] ?? { path: '.', readonly: true };
    // qemu reads a comma twice as one.
    const options = `id=${tag},path=${path.replaceAll(',', ',,')},security_model=none,multidevs=remap`;
    return [
      ...['-fsdev', `local,${options}${readonly ? ',readonly=on' : ''}`],
      ...['-device', `virtio-9p-device,fsdev=${tag},mount_tag=${tag}`],
    ];
  });
}
