import { expect, it } from 'vitest';
import { specOf, storedMachine } from '../../../src/machines/config/spec.ts';
import { pathsOf } from '../../../src/machines/store/paths.ts';
import { exampleConfig } from '../../fakes/machine-config.ts';

const paths = pathsOf('/state', '/volatile');

it('names layers by their folders, top first', () => {
  expect(specOf('web', exampleConfig, paths).storage.layers).toEqual([
    '/state/layers/layer-a/fs',
    '/state/layers/layer-b/fs',
  ]);
});

it("uses the machine's name as host name unless there is another one", () => {
  expect(specOf('web', exampleConfig, paths).hostname).toBe('web');
  expect(specOf('web', { ...exampleConfig, hostname: 'www' }, paths).hostname).toBe('www');
});

it('gives a privileged machine no id range', () => {
  expect(specOf('web', { ...exampleConfig, privileged: true }, paths).idRange).toBeUndefined();
  expect(specOf('web', exampleConfig, paths).idRange).toEqual({ base: 100_000, count: 65_536 });
});

it('puts a machine under its name', () => {
  expect(storedMachine('web', exampleConfig, paths).handle).toMatchObject({
    directory: '/state/machines/web',
    runDirectory: '/volatile/web',
  });
});
