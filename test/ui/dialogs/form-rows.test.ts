import { expect, test } from 'vitest';
import { formContent } from '../../../src/ui/dialogs/form-rows.ts';
import { formDialog } from '../../../src/ui/dialogs/forms.ts';
import { createTheme } from '../../../src/ui/theme.ts';
import { machine, shown } from '../shown-state.ts';

const theme = createTheme('none', { unicode: false });
const lines = (form: Parameters<typeof formDialog>[0], subjects: readonly string[] = ['web']) =>
  formContent(formDialog(form, subjects), shown([machine('web')]), theme, 60).lines.map((line) =>
    line.trimEnd(),
  );

test('an empty field shows an example in brackets, and nothing where there is none', () => {
  expect(lines('snapshot')).toContain('> name     _(picked for you)');
  expect(lines('snapshot')).toContain('  comment');
  expect(lines('clone')).toContain('> name of the clone  _');
});

test('the command lines for several machines are shown, of very many the beginning', () => {
  expect(lines('snapshot', ['a', 'b'])).toContain('tsmachine snapshot a; tsmachine snapshot b');
  const many = Array.from({ length: 50 }, (_, index) => `machine-${index}`);
  expect(lines('snapshot', many).length).toBe(lines('snapshot').length + 1);
});
