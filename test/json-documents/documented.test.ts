/** docs/json.md names every member that a document may have: what the tests accept is what people are told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as v from 'valibot';
import { expect, it } from 'vitest';
import { projectFolder } from '../setup/run-cli.ts';
import { checkDocument, documents } from './documents.ts';
import { inspection, listedMachine, managed, shownMachine } from './machine.ts';

const page = readFileSync(join(projectFolder, 'docs/json.md'), 'utf8');
/** Stored configurations have a description of their own. */
const apart = new Set(['config', 'limitsInForce', 'version']);

interface Schema {
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly wrapped?: Schema;
  readonly value?: Schema;
  readonly options?: readonly (Schema | string)[];
}

function membersOf({ entries = {}, item, wrapped, value, options = [] }: Schema): readonly string[] {
  const inner = [item, wrapped, value, ...options].filter((part) => typeof part === 'object');
  return [
    ...Object.entries(entries)
      .filter(([name]) => !apart.has(name))
      .flatMap(([name, schema]) => [name, ...membersOf(schema)]),
    ...inner.flatMap(membersOf),
  ];
}

const schemas: readonly v.GenericSchema[] = [
  ...Object.values(documents),
  listedMachine,
  shownMachine,
  managed,
  inspection,
];

it('every member is in docs/json.md', () => {
  const members = new Set(schemas.flatMap((schema) => membersOf(schema as Schema)));
  expect(members.size).toBeGreaterThan(100);
  const named = new Set(page.match(/(?<=[`"])[A-Za-z]+(?=["`:])/g));
  expect([...members].filter((name) => !named.has(name))).toEqual([]);
});

it('a member that is not described is refused, with its name', () => {
  const line = JSON.stringify({ version: 1, name: 'web', renamedFrom: 'db', extra: 1 });
  expect(() => checkDocument('rename', line)).toThrow(/extra/);
});
