/** create: image, id range, config and storage, all in staging; the last deed moves it in place. Loaded lazily. */

import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StorageDriverName } from '../../backends/machine-spec.ts';
import type { StorageWork } from '../../backends/storage.ts';
import { makeDirectory, moveOut } from '../../files/atomic-file.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { storedMachine } from '../config/spec.ts';
import { type Domain, type Outcome, record } from '../domain.ts';
import { markEphemeral } from '../ephemeral/marks.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import { saveFirstBoot } from '../first-boot/first-boot-file.ts';
import type { ConfiguredImage, EnsuredImage } from '../images/ensure-image.ts';
import { findImage } from '../images/image-file.ts';
import { applyDiskLimit, requireDiskLimit } from '../limits/disk-limit.ts';
import { requireLimits } from '../limits/live-limits.ts';
import type { CreateRequest } from '../machines.ts';
import { pickName } from '../names/machine-names.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { step } from '../store/crash-points.ts';
import { endIntent, removeIntent, writeIntent } from '../store/intents.ts';
import { FIRST_BOOT_FILE } from '../store/paths.ts';
import { releaseRanges } from '../store/ranges.ts';
import { takeReserve } from '../store/reserve.ts';
import { machineExists, stageConfig } from '../store/store.ts';
import { type UndoFailure, type UndoStack, undoable } from '../store/undo.ts';
import { afterCreate, anyRange, type CreateOrder, imageFor, orderOf } from './create-order.ts';
import { newMachineConfig } from './new-config.ts';
import { chooseStorage } from './storage-choice.ts';
import { underPickedName } from './under-picked-name.ts';

/** How its files are kept is decided. */
type PlacedRequest = CreateRequest & { readonly storage: StorageDriverName };

/** What is to be made, checked. */
interface Order extends CreateOrder {
  readonly request: PlacedRequest;
}

const noImage: ConfiguredImage = { key: 'unknown', layers: [] };

/** Throws `usage` for a bad name, template, option or setting before anything is made; `exists` if the name is taken. */
export async function create(domain: Domain, asked: CreateRequest): Promise<string> {
  const checked = await orderOf(domain, asked);
  const storage = await chooseStorage(domain, asked.storage, asked.progress);
  const order: Order = { ...checked, request: { ...checked.request, storage } };
  const { request, template, options } = order;
  // A misspelt setting must fail now, not after a build of minutes.
  const draft = newMachineConfig(domain, request, template, options, noImage, anyRange);
  await requireDiskLimit(domain, draft);
  await requireLimits(domain, storedMachine(request.name ?? 'unnamed', draft, domain.paths));
  if (request.name !== undefined) {
    await createNamed(domain, request.name, order);
    return request.name;
  }
  return underPickedName(
    () => pickName((candidate) => machineExists(domain.paths, candidate)),
    (name) => createNamed(domain, name, order),
    ['exists', 'busy'],
  );
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

  const toDo = order.firstBoot?.toDo;
  if (toDo !== undefined) saveFirstBoot(join(staged, FIRST_BOOT_FILE), toDo);

  nextStep(5, request);
  const machine = storedMachine(name, config, paths, staged);
  await backend.storage.prepare(machine.handle, workOf(request));
  await applyDiskLimit(domain, machine);
  await backend.storage.sync(staged);

  nextStep(6, request);
  if (request.ephemeral !== undefined) markEphemeral(domain, name, request.ephemeral);
  makeDirectory(dirname(paths.machine(name)));
  undo.add('the machine', () => backend.storage.remove(paths.machine(name)));
  moveOut(staged, paths.machine(name));

  step('create', 7);
  rmSync(staging, { recursive: true, force: true });
  endIntent(paths, intent);
  step('create', 8);
  record(domain, name, 'created', { template: template.name });
  step('create', 9);
  return image;
}

/** Of one whose command died. May be repeated. */
export async function recoverCreate(domain: Domain, name: string): Promise<Outcome> {
  await domain.backend.storage.remove(domain.paths.staging(name));
  if (existsSync(domain.paths.machine(name))) {
    return 'completed';
  }
  await releaseRanges(domain, name);
  return 'undone';
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

/** What is left after a failed undo is told; the next command on the name tries again, because the intent is kept. */
function describeRest(cause: unknown, failures: readonly UndoFailure[]): MachineError {
  const error = toMachineError(cause);
  const rest = failures.map((failure) => failure.what).join(', ');
  return new MachineError(error.code, `${error.message}; not undone: ${rest}`, { ...error, cause });
}
