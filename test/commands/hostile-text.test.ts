import { describe, expect, it } from 'vitest';
import { MachineError } from '../../src/machines/errors.ts';
import { run, snapshot, summary } from './stub-machines.ts';

const evil = 'a\x1b]0;owned\x07\x9b2J\u202eb';
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
const harmful = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

describe('text from a machine or a file never reaches the terminal as control characters', () => {
  it.each([
    ['list', ['list']],
    ['list --json', ['list', '--json']],
    ['info', ['info', 'web']],
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
  const inspection = {
    namespaces: { [evil]: 1 },
    cgroups: [evil],
    idMap: [evil],
    layers: [evil],
    capabilities: [evil],
    seccomp: evil,
  };
  return {
    list: () => [machine],
    info: () =>
      ({
        ...machine,
        config: { storage: { driver: evil } },
        lastExit: null,
        problem: evil,
        inspection,
      }) as never,
    diskUsage: async () => ({ ownBytes: 1, sharedBytes: 1 }),
    snapshotBytes: async () => new Map(),
    snapshots: () => [
      { ...snapshot(evil, { comment: evil }), parent: evil, createdAt: evil, expiresAt: evil },
      snapshot('torn', { problem: evil }),
    ],
    trash: () => [{ entry: evil, kind: 'machine', machine: evil, removedAt: evil, keptUntil: evil } as never],
    snapshot: async () => ({ snapshot: evil, frozenMs: 1, removed: [evil] }),
    takeDueSnapshots: async () => [{ machine: evil, taken: evil, removed: [evil], error: evil }],
    restore: async () => evil,
    settings: () => ({ [evil]: evil }),
    plan: () => [
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
