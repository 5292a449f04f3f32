// Put before the built program by --require, so that the program itself needs no hook: at SIGUSR2 it tells what the process holds, into the
// file that the environment names, after all garbage has been collected.
const { readdirSync, readlinkSync, renameSync, writeFileSync } = require('node:fs');
const { getHeapCodeStatistics } = require('node:v8');
const { setTimeout: rest } = require('node:timers/promises');

const file = process.env.SOAK_PROBE;
delete process.env.SOAK_PROBE;

process.on('SIGUSR2', async () => {
  // What a collection frees may let go of more: finalizers run between them.
  for (let turn = 0; turn < 4; turn += 1) {
    global.gc();
    await rest(20);
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const code = getHeapCodeStatistics();
  const compiled = code.code_and_metadata_size + code.bytecode_and_metadata_size;
  const held = {
    data: heapUsed - compiled,
    compiled,
    arrayBuffers,
    rss,
    resources: counted(process.getActiveResourcesInfo()),
    listeners: listeners(),
    files: counted(openFiles()),
  };
  writeFileSync(`${file}.new`, JSON.stringify(held));
  renameSync(`${file}.new`, file);
});

function listeners() {
  const emitters = { process, stdin: process.stdin, stdout: process.stdout };
  return Object.fromEntries(
    Object.entries(emitters).flatMap(([name, emitter]) =>
      emitter.eventNames().map((event) => [`${name} ${String(event)}`, emitter.listenerCount(event)]),
    ),
  );
}

/** By kind: numbers of sockets and pipes differ each time. */
function openFiles() {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`).replace(/\[\d+\]$/, '')];
    } catch {
      // That of the folder itself.
      return [];
    }
  });
}

function counted(names) {
  const counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
