import { delimiter } from 'node:path';
import { busyboxFolder } from './test-run.ts';

process.env['PATH'] = [busyboxFolder(), process.env['PATH']].join(delimiter);
