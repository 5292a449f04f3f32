import { MASKED_PATHS, READ_ONLY_PATHS } from '../masks.ts';
import { type Operation, operation } from '../operations.ts';

export function guards(): readonly Operation[] {
  return [
    ...MASKED_PATHS.map(({ path }) => operation('mask', path)),
    ...READ_ONLY_PATHS.map(({ path }) => operation('read-only', path)),
  ];
}
