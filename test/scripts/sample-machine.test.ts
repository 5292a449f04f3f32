import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/machines/config/config-file.ts';

const path = join(import.meta.dirname, '../../scripts/sample-machine.json');

describe('the sample machine that the code cache is made with', () => {
  it('is a valid config: else the cache would hold no more than the way to an error', () => {
    const text = readFileSync(path, 'utf8');
    expect(parseConfig(text, { name: 'sample', path, previous: undefined })).toMatchObject({ version: 1 });
  });
});
