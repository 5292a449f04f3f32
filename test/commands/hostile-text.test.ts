import { describe, expect, it } from 'vitest';
import type { Inspection } from '../../src/backends/inspection.ts';
import { MachineError } from '../../src/machines/errors.ts';
import { noInspection } from '../fakes/no-inspection.ts';
import { run, snapshot, summary } from './stub-machines.ts';

const evil = 'a\x1b]0;owned\x07\x9b2J\u202eb';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
const harmful = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

describe('text from a machine or a file never reaches the terminal as control characters', () => {
  it.each([
    ['list', ['list']],
    ['list --json', ['list', '--json']],
    ['info', ['info', 'web']],
    ['info --json', ['info', 'web', '--json']],
    ['snapshots', ['snapshots', 'web']],
    ['snapshots --json', ['snapshots', 'web', '--json']],
    ['trash list', ['trash', 'list']],
    ['snapshot', ['snapshot', 'web']],
    ['snapshot --due', ['snapshot', '--due']],
    ['restore', ['restore', 'web', evil]],
    ['plan', ['plan', 'web']],
    ['config', ['config', 'web']],
    ['logs', ['logs', 'web']],
    ['console --log', ['console', 'web', '--log']],
    ['events', ['events']],
    ['doctor', ['doctor']],
    ['template list', ['template', 'list']],
    ['an error', ['start', 'web']],
    ['an error with --json', ['start', 'web', '--json']],
    ['the name in an error', ['start', evil]],
    ['an unknown command', [evil]],
  ])('in %s', async (_, words) => {
    const ran = await run(words, { machines: hostileMachines() });
    expect(ran.stdout + ran.stderr).not.toBe('');
    expect(ran.stdout).not.toMatch(harmful);
    expect(ran.stderr).not.toMatch(harmful);
  });

  it('but console --log --raw gives the bytes', async () => {
    const ran = await run(['console', 'web', '--log', '--raw'], { machines: hostileMachines() });
    expect(ran.stdout).toBe(evil);
  });
});

function hostileMachines() {
  const machine = summary('web', { template: evil, addresses: [evil] });
  const event = { time: 'x', name: evil, type: 'renamed' as const, details: { from: evil } };
  return {
    list: async () => [machine],
    info: async () =>
      ({
        ...machine,
        config: { storage: { driver: evil, layers: [] }, limits: {}, idRange: { base: 1, count: 2 } },
        lastExit: null,
        restart: null,
        problem: evil,
      }) as never,
    inspect: async () => hostileInspection(),
    layerSizes: async () => [{ id: evil, bytes: 1 }],
    diskUsage: async () => ({ ownBytes: 1, sharedBytes: 1 }),
    snapshotBytes: async () => new Map(),
    snapshots: async () => [
      { ...snapshot(evil, { comment: evil }), parent: evil, createdAt: evil, expiresAt: evil },
      snapshot('torn', { problem: evil }),
    ],
    trash: async () => [
      { entry: evil, kind: 'machine', machine: evil, removedAt: evil, keptUntil: evil } as never,
    ],
    snapshot: async () => ({ snapshot: evil, frozenMs: 1, removed: [evil] }),
    takeDueSnapshots: async () => [{ machine: evil, taken: evil, removed: [evil], error: evil }],
    restore: async () => evil,
    settings: async () => ({ [evil]: evil }),
    plan: async () => [
      { section: 'machine' as const, index: 0, operation: 'x', arguments: [evil], explanation: evil },
    ],
    readConsoleLog: async () => Buffer.from(evil),
    events: async function* () {
      yield event;
    },
    examineHost: async () => [{ subject: evil, verdict: 'note' as const, detail: evil, fix: evil }],
    templates: () => [{ name: evil, summary: evil } as never],
    start: async () => {
      throw new MachineError('failed', evil, { hint: evil, path: evil, errno: 'EIO' });
    },
  };
}

/** A machine chooses its mounts, the names of its processes and groups, and a module its label. */
function hostileInspection(): Inspection {
  const process = { pid: 1, insidePid: 1, name: evil };
  const options = [evil];
  return {
    ...noInspection,
    namespaces: { [evil]: 1 },
    sharedNamespaces: [evil],
    cgroups: [evil],
    controllers: { [evil]: evil },
    idMap: [`${evil} 0 1 2`],
    layers: [evil],
    capabilities: [evil],
    capabilitySets: { effective: [evil], permitted: [], bounding: [evil], inheritable: [evil], ambient: [] },
    seccomp: evil,
    securityLabel: { module: 'other', label: evil },
    mounts: ['/', `/proc/${evil}`].map((path) => ({
      path: `${path}${evil}`,
      root: path === '/' ? evil : '/null',
      type: evil,
      source: evil,
      options,
      superOptions: [evil],
    })),
    listening: [{ protocol: 'tcp', address: evil, port: 1, process }],
    rlimits: { [evil]: { soft: 1, hard: 2 } },
  };
}
