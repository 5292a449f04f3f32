import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { keptObservations } from './observed.ts';
import { withTable } from './table.ts';

const path = join(projectFolder, 'docs/backends.md');
const observed = { native: keptObservations('native'), nspawn: keptObservations('nspawn') };

describe('docs/backends.md', () => {
  it('says of each backend what it was observed to do', async () => {
    await expect(withTable(readFileSync(path, 'utf8'), observed)).toMatchFileSnapshot(path);
  });

  it('has a note for each reason once, with the nearest way', () => {
    const lack = { command: 'plan', does: 'shows each step of a start, without taking it' };
    const nspawn = [{ ...lack, unsupported: { why: 'it has no plan', nearest: 'see the unit' } }];
    const place = withTable(readFileSync(path, 'utf8'), { native: [lack], nspawn });
    expect(place).toContain(`| plan | ${lack.does} | yes | no (1) |`);
    expect(place).toContain('\n1. it has no plan: see the unit\n');
  });
});
