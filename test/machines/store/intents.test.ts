import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  damagedIntents,
  isAbandoned,
  markIntent,
  namesOf,
  readIntents,
  removeIntent,
  writeIntent,
} from '../../../src/machines/store/intents.ts';
import { pathsOf } from '../../../src/machines/store/paths.ts';
import { makeRoot } from '../../fakes/machines-fixture.ts';

describe('intents', () => {
  it('are read back until they are removed', () => {
    const paths = pathsOf(makeRoot(), '/run');
    const intent = { operation: 'rename', name: 'a', newName: 'b' } as const;
    expect(readIntents(paths)).toEqual([]);
    writeIntent(paths, intent);
    expect(readIntents(paths)).toEqual([expect.objectContaining(intent)]);
    expect(namesOf(intent)).toEqual(['a', 'b']);
    removeIntent(paths, intent);
    expect(readIntents(paths)).toEqual([]);
  });

  it('are abandoned when their process is gone, even if its number lives again', () => {
    const paths = pathsOf(makeRoot(), '/run');
    writeIntent(paths, { operation: 'create', name: 'a' });
    const [intent] = readIntents(paths);
    expect(intent && isAbandoned(intent)).toBe(false);
    expect(intent && isAbandoned({ ...intent, pidStart: '1' })).toBe(true);
    expect(intent && isAbandoned({ ...intent, pid: 2 ** 22 + 1 })).toBe(true);
  });

  it('that were never finished writing do not count', () => {
    const paths = pathsOf(makeRoot(), '/run');
    mkdirSync(paths.intents);
    writeFileSync(`${paths.intents}/a.json.new`, '{"operation":"cre');
    expect(readIntents(paths)).toEqual([]);
  });

  it('that a power cut emptied were only marked: nothing was made but what is staged under their name', () => {
    const paths = pathsOf(makeRoot(), '/run');
    markIntent(paths, { operation: 'stop', name: 'other' });
    writeFileSync(`${paths.intents}/web.json`, '');
    const [, intent] = readIntents(paths);
    expect(intent).toMatchObject({ operation: 'create', name: 'web' });
    expect(intent && isAbandoned(intent)).toBe(true);
    expect(damagedIntents(paths)).toEqual([]);
  });
});
