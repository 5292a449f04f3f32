import { expect, test } from 'vitest';
import type { MachineSummary } from '../../../src/machines/machines.ts';
import { createListReader } from '../../../src/ui/store/list-reader.ts';
import { createStore } from '../../../src/ui/store/store.ts';
import { stubMachines, summary } from '../../commands/stub-machines.ts';
import { shown } from '../shown-state.ts';

/** Lists that come when the test lets them. */
function reading() {
  const asked: { readonly give: (...names: string[]) => void; readonly fail: (error: Error) => void }[] = [];
  const list = () =>
    new Promise<readonly MachineSummary[]>((resolve, reject) => {
      asked.push({ give: (...names) => resolve(names.map((name) => summary(name))), fail: reject });
    });
  const store = createStore(shown([]), () => undefined);
  const ending = new AbortController();
  const failures: unknown[] = [];
  const read = createListReader(stubMachines({ list }), store, ending.signal, (error) =>
    failures.push(error),
  );
  const names = () => store.state().machines.map(({ name }) => name);
  return { asked, read, names, ending, failures };
}

test('who asks while a list is read gets one that was read after', async () => {
  const { asked, read, names } = reading();
  const first = read();
  const [second, third] = [read(), read()];
  expect(asked).toHaveLength(1);
  asked[0]?.give('old');
  await first;
  expect(names()).toEqual(['old']);
  expect(asked).toHaveLength(2);
  asked[1]?.give('new');
  await Promise.all([second, third]);
  expect(names()).toEqual(['new']);
  expect(asked).toHaveLength(2);
});

test('a list that cannot be read is told, and the next one is read all the same', async () => {
  const { asked, read, names, failures } = reading();
  const first = read();
  asked[0]?.fail(new Error('no bus'));
  await first;
  expect(failures).toEqual([new Error('no bus')]);
  const second = read();
  asked[1]?.give('web');
  await second;
  expect(names()).toEqual(['web']);
});

test('what is read when nobody looks any more is dropped', async () => {
  const { asked, read, names, ending, failures } = reading();
  const first = read();
  ending.abort();
  asked[0]?.give('late');
  await first;
  expect([names(), failures]).toEqual([[], []]);
});
