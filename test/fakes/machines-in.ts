/** The domain on a fake backend, in a given folder; usable outside a test runner. */
import { join } from 'node:path';
import type { CreateRequest, Machines, PullRequest } from '../../src/machines/machines.ts';
import { openMachines } from '../../src/machines/open-machines.ts';
import { type Paths, pathsOf } from '../../src/machines/store/paths.ts';
import { createFakeBackend, type FakeBackend } from './fake-backend.ts';
import { createFakeLater, type FakeLater } from './fake-later.ts';
import { createFakeTemplate, type FakeTemplate } from './fake-template.ts';
import { flock } from './flock.ts';

export interface MachinesFixture {
  readonly machines: Machines;
  readonly backend: FakeBackend;
  readonly later: FakeLater;
  readonly template: FakeTemplate;
  readonly paths: Paths;
  readonly root: string;
}

export function makeMachinesIn(root: string, lockWaitMs = 5000): MachinesFixture {
  const backend = createFakeBackend(root);
  const template = createFakeTemplate();
  const runRoot = join(root, 'run');
  const later = createFakeLater();
  const templates = [template];
  const machines = openMachines({ backend, root, runRoot, templates, lock: flock, later, lockWaitMs });
  backend.onExit = (name) => machines.handleExit(name, { final: false });
  return { machines, backend, later, template, paths: pathsOf(root, runRoot), root };
}

export function request(name: string | undefined, changes: Partial<CreateRequest> = {}): CreateRequest {
  return {
    name,
    template: 'tiny',
    templateOptions: {},
    storage: 'overlay',
    settings: {},
    progress: () => {},
    fileProgress: () => {},
    signal: new AbortController().signal,
    ...changes,
  };
}

export function pullRequest(changes: Partial<PullRequest> = {}): PullRequest {
  return {
    template: 'tiny',
    templateOptions: {},
    progress: () => {},
    fileProgress: () => {},
    signal: new AbortController().signal,
    ...changes,
  };
}
