/** The contract: what the domain's face does over every backend, in the order in which it is looked at. */
import type { Case } from './case.ts';
import { enteringCases } from './cases/entering.ts';
import { errorCases } from './cases/errors.ts';
import { eventCases } from './cases/events.ts';
import { fileCases } from './cases/files.ts';
import { historyCases } from './cases/history.ts';
import { lifeCases } from './cases/life.ts';
import { lookingCases } from './cases/looking.ts';
import { makingCases } from './cases/making.ts';
import { settingsCases } from './cases/settings.ts';

export const contract: readonly Case[] = [
  ...makingCases,
  ...lifeCases,
  ...enteringCases,
  ...lookingCases,
  ...historyCases,
  ...fileCases,
  ...settingsCases,
  ...eventCases,
  ...errorCases,
];
