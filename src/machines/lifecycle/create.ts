/** create: image, id range, config and storage, all in staging; the last deed moves it in place. Loaded lazily. */

import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StorageDriverName, StorageWork } from '../../backends/storage.ts';
import { makeDirectory, renameDurably } from '../../files/atomic-file.ts';
import type { Template } from '../../templates/template.ts';
import type { MachineConfig } from '../config-schema.ts';
import { applyDiskLimit, requireDiskLimit } from '../disk-limit.ts';
import { type Domain, record } from '../domain.ts';
import { markEphemeral } from '../ephemeral/marks.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import type { PlannedFirstBoot } from '../first-boot/plan-first-boot.ts';
import { type ConfiguredImage, type EnsuredImage, ensureImage } from '../images/ensure-image.ts';
import { findImage } from '../images/image-file.ts';
import { completeOptions, findTemplate } from '../images/template-choice.ts';
import { requireLimits } from '../live-limits.ts';
import type { CreateRequest } from '../machines.ts';
import { pickName } from '../names.ts';
import { newMachineConfig } from '../new-config.ts';
import { storedMachine } from '../spec.ts';
import { chooseStorage } from '../storage-choice.ts';
import { step } from '../store/crash-points.ts';
import { removeIntent, writeIntent } from '../store/intents.ts';
import { releaseRanges } from '../store/ranges.ts';
import { takeReserve } from '../store/reserve.ts';
import { machineExists, stageConfig } from '../store/store.ts';
import { type UndoFailure, type UndoStack, undoable } from '../store/undo.ts';
import { withMachines } from './with-machines.ts';

/** How its files are kept is decided. */
type PlacedRequest = CreateRequest & { readonly storage: StorageDriverName };

/** What is to be made, checked. */
interface Order {
  readonly request: PlacedRequest;
  readonly template: Template;
  readonly options: Readonly<Record<string, string>>;
  readonly firstBoot: PlannedFirstBoot | undefined;
}

/** Of a draft: none is taken before all else is in order. */
const anyRange = { base: 65_536, count: 65_536 };
const noImage: ConfiguredImage = { key: 'unknown', layers: [] };

/** Throws `usage` for a bad name, template, option or setting before anything is made; `exists` if the name is taken. */
export async function create(domain: Domain, asked: CreateRequest): Promise<string> {
  const template = findTemplate(domain, asked.template);
  const options = completeOptions(template, asked.templateOptions);
  const firstBoot = await firstBootOf(asked);
  const named = firstBoot === undefined ? asked : withHostname(asked, firstBoot.hostname);
  const request = { ...named, storage: await chooseStorage(domain, asked.storage, asked.progress) };
  // A misspelt setting must fail now, not after a build of minutes.
  const draft = newMachineConfig(domain, request, template, options, noImage, anyRange);
  await requireDiskLimit(domain, draft);
  requireLimits(domain, storedMachine(request.name ?? 'unnamed', draft, domain.paths));
  const order = { request, template, options, firstBoot };
  if (request.name !== undefined) {
    await createNamed(domain, request.name, order);
    return request.name;
  }
  return createPicked(domain, order);
}

/** Checked before anything is made. Throws `usage`. */
async function firstBootOf({ userData }: CreateRequest): Promise<PlannedFirstBoot | undefined> {
  if (userData === undefined) return undefined;
  const { planFirstBoot } = await import('../first-boot/plan-first-boot.ts');
  return planFirstBoot(userData);
}

/** A setting says it too, and it is more than a name in a file. */
function withHostname(request: CreateRequest, hostname: string | undefined): CreateRequest {
  if (hostname === undefined) return request;
  return { ...request, settings: { hostname, ...request.settings } };
}

/** Two commands may pick one name at once: who comes second picks again. */
async function createPicked(domain: Domain, order: Order): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = pickName((candidate) => machineExists(domain.paths, candidate));
    try {
      await createNamed(domain, name, order);
      return name;
    } catch (error) {
      const taken = error instanceof MachineError && (error.code === 'exists' || error.code === 'busy');
      if (!taken || attempt === 5) {
        throw error;
      }
    }
  }
}

async function createNamed(domain: Domain, name: string, order: Order): Promise<void> {
  await withMachines(domain, [name], async () => {
    if (machineExists(domain.paths, name)) {
      throw new MachineError('exists', `there is a machine "${name}" already`, {
        subject: name,
        hint: 'choose another name, or destroy it first',
      });
    }
    const image = await undoable((undo) => createSteps(domain, name, order, undo), describeRest);
    takeReserve(domain.paths);
    await afterCreate(name, image);
  });
}

/** The machine is there: what fails now is told, and takes nothing back. */
async function afterCreate(name: string, image: EnsuredImage): Promise<void> {
  try {
    await image.afterCreate();
  } catch (cause) {
    const error = toMachineError(cause);
    throw new MachineError('failed', `${name} is created; but ${error.message}`, {
      ...error,
      subject: name,
      cause,
    });
  }
}

async function createSteps(
  domain: Domain,
  name: string,
  order: Order,
  undo: UndoStack,
): Promise<EnsuredImage> {
  const { request, template, options } = order;
  const { paths, backend } = domain;
  const intent = { operation: 'create', name } as const;
  const staging = paths.staging(name);
  const staged = join(staging, 'machine');

  nextStep(1, request);
  undo.add('the note of this create', (clean) => (clean ? removeIntent(paths, intent) : undefined));
  writeIntent(paths, intent);
  undo.add('the staged files', () => backend.storage.remove(staging));

  nextStep(2, request);
  const image = await imageFor(domain, staging, order);

  nextStep(3, request);
  undo.add('the id range', () => releaseRanges(domain, name));
  const idRange = await backend.allocateIdRange(name);

  nextStep(4, request);
  const config = await stageFirstConfig(domain, staged, image, {
    configOf: (one) => newMachineConfig(domain, request, template, options, one, idRange),
    imageAgain: () => imageFor(domain, staging, order),
  });

  order.firstBoot?.save(staged);

  nextStep(5, request);
  const machine = storedMachine(name, config, paths, staged);
  await backend.storage.prepare(machine.handle, workOf(request));
  await applyDiskLimit(domain, machine);
  await backend.storage.sync(staged);

  nextStep(6, request);
  if (request.ephemeral !== undefined) markEphemeral(domain, name, request.ephemeral);
  makeDirectory(dirname(paths.machine(name)));
  undo.add('the machine', () => backend.storage.remove(paths.machine(name)));
  renameDurably(staged, paths.machine(name));

  step('create', 7);
  rmSync(staging, { recursive: true, force: true });
  removeIntent(paths, intent);
  step('create', 8);
  record(domain, name, 'created', { template: template.name });
  step('create', 9);
  return image;
}

/** What config.json names nobody takes away; an image that was removed before that is made again. */
async function stageFirstConfig(
  { paths }: Domain,
  staged: string,
  first: ConfiguredImage,
  make: {
    readonly configOf: (image: ConfiguredImage) => MachineConfig;
    readonly imageAgain: () => Promise<ConfiguredImage>;
  },
): Promise<MachineConfig> {
  makeDirectory(staged);
  for (let image = first; ; image = await make.imageAgain()) {
    const config = make.configOf(image);
    stageConfig(staged, config);
    if (findImage(paths, image.key) !== undefined) return config;
  }
}

function workOf({ fileProgress, signal }: CreateRequest): StorageWork {
  return { progress: fileProgress, signal };
}

/** Ctrl-C takes effect between steps: the undo stack then takes back what was done. */
function nextStep(number: number, request: CreateRequest): void {
  request.signal.throwIfAborted();
  step('create', number);
}

function imageFor(
  domain: Domain,
  staging: string,
  { request, template, options }: Order,
): Promise<EnsuredImage> {
  const { progress, fileProgress, signal } = request;
  return ensureImage(domain, { template, options, staging, progress, fileProgress, signal });
}

/** What is left after a failed undo is told; the next command on the name tries again, because the intent is kept. */
function describeRest(cause: unknown, failures: readonly UndoFailure[]): MachineError {
  const error = toMachineError(cause);
  const rest = failures.map((failure) => failure.what).join(', ');
  return new MachineError(error.code, `${error.message}; not undone: ${rest}`, { ...error, cause });
}
