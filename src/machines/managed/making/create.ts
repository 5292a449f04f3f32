/** create: an image of a template's files, with an identity and settings; it takes its name when it is whole. Loaded lazily. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { SettingsChange } from '../../../backends/manager/settings.ts';
import type { StorageWork } from '../../../backends/storage.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { record } from '../../domain.ts';
import type { PlannedFirstBoot } from '../../first-boot/plan-first-boot.ts';
import type { EnsuredImage } from '../../images/ensure-image.ts';
import { findImage } from '../../images/image-file.ts';
import { withScratch } from '../../images/scratch.ts';
import type { CreateRequest } from '../../machines.ts';
import { afterCreate, anyRange, type CreateOrder, imageFor, orderOf } from '../../making/create-order.ts';
import { newMachineConfig } from '../../making/new-config.ts';
import { underPickedName } from '../../making/under-picked-name.ts';
import { checkMachineName, pickName } from '../../names/machine-names.ts';
import { requireWords } from '../config/lacking.ts';
import { unitSettingsOf, writeSize, writeUnitSettings } from '../config/unit-settings.ts';
import { forgetFirstBoot, keepFirstBoot } from '../first-boot/kept.ts';
import { orTaken, requireFree } from '../images/free-name.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { imageDriver } from './image-driver.ts';
import { factsOf, newText } from './settings-text.ts';
import { undoing } from './undoing.ts';

interface Order extends CreateOrder {
  /** What machines of an image begin with. */
  readonly configOf: (image: Pick<EnsuredImage, 'key' | 'defaults'>) => MachineConfig;
}

/** Throws `usage` for a bad name, template, option or setting, and `unsupported` for what no machine here can have, before anything is made. */
export async function create(managed: ManagedDomain, request: CreateRequest): Promise<string> {
  if (request.name !== undefined) checkMachineName(request.name);
  const order = await configuredOrderOf(managed, request);
  if (request.name !== undefined) {
    await createNamed(managed, request.name, order);
    return request.name;
  }
  const { images } = await managed.manager();
  return await underPickedName(
    async () => {
      const names = new Set(await images.names());
      return pickName((candidate) => names.has(candidate));
    },
    (name) => createNamed(managed, name, order),
    ['exists', 'busy'],
  );
}

async function configuredOrderOf(managed: ManagedDomain, asked: CreateRequest): Promise<Order> {
  const { domain } = managed;
  const order = await orderOf(domain, asked);
  const { request, template, options } = order;
  const manager = await managed.manager();
  const storage = await imageDriver(manager, request.storage);
  const configWith = (settings: CreateRequest['settings']): Order['configOf'] => {
    return ({ key, defaults }) => {
      const image = { key, layers: [], ...(defaults === undefined ? {} : { defaults }) };
      const wanted = { ...request, settings, storage };
      return {
        ...newMachineConfig(domain, wanted, template, options, image, anyRange),
        backend: manager.name,
      };
    };
  };
  const configOf = configWith(request.settings);
  // What is wrong must fail now, not after a build of minutes.
  const draft = configOf({ key: 'unknown' });
  requireWords(request.name ?? 'NAME', configWith({})({ key: 'unknown' }), draft);
  newText(manager.settings, draft, {});
  return { ...order, configOf };
}

async function createNamed(managed: ManagedDomain, name: string, order: Order): Promise<void> {
  const { domain } = managed;
  await withManaged(managed, [name], async (manager) => {
    await requireFree(managed, manager, name);
    const image = await withScratch(domain, (staging) => makeFrom(managed, manager, name, staging, order));
    record(domain, name, 'created', { template: order.template.name });
    await afterCreate(name, image);
  });
}

/** An image of ours may be removed while it is copied; then it is made again. */
async function makeFrom(
  managed: ManagedDomain,
  manager: Manager,
  name: string,
  staging: string,
  order: Order,
): Promise<EnsuredImage> {
  const { domain } = managed;
  const { signal } = order.request;
  for (;;) {
    const image = await imageFor(domain, staging, order);
    try {
      await withFirstBoot(managed, manager, order, (key) =>
        makeMachine(managed, manager, name, image, { ...order, key }),
      );
      return image;
    } catch (error) {
      if (signal.aborted || findImage(domain.paths, image.key) !== undefined) throw error;
    }
  }
}

/** It is kept before there is a machine that has its key. */
async function withFirstBoot(
  managed: ManagedDomain,
  manager: Manager,
  { firstBoot }: Order,
  make: (key: string | undefined) => Promise<void>,
): Promise<void> {
  const toDo = firstBoot?.toDo;
  const key = toDo === undefined ? undefined : await keepFirstBoot(managed, manager, toDo);
  try {
    await make(key);
  } catch (error) {
    forgetFirstBoot(managed, key);
    throw error;
  }
}

async function makeMachine(
  { domain }: ManagedDomain,
  manager: Manager,
  name: string,
  image: EnsuredImage,
  { request, configOf, firstBoot, key }: Order & { readonly key: string | undefined },
): Promise<void> {
  const { images, trees, settings } = manager;
  const config = configOf(image);
  const work: StorageWork = { progress: request.fileProgress, signal: request.signal };
  const ephemeral = request.ephemeral === undefined ? {} : { ephemeral: true as const };
  const own = { ...factsOf(config), ...ephemeral, ...(key === undefined ? {} : { firstBoot: key }) };
  const text = settings.changed(newText(settings, config, own), zoneOf(firstBoot));
  const layer = domain.paths.layerTree(image.layers[0] ?? '');
  await orTaken(manager, name, () =>
    images.make(
      name,
      async (staged) => {
        const bytes = await trees.bytesOf(layer);
        await trees.copyTree(layer, staged.path, { idsFrom: 0, bytes }, work);
        await trees.writeNewIdentity(staged.path, {
          machineId: config.machineId,
          hostname: config.hostname ?? name,
        });
        await settings.write(staged.name, text);
      },
      work,
    ),
  );
  await undoing(manager, name, work, async () => {
    await writeSize(manager, name, config);
    await writeUnitSettings(manager, name, unitSettingsOf(config));
  });
}

/** Each start would make its time zone the host's otherwise: Timezone= of systemd.nspawn(5). */
function zoneOf(firstBoot: PlannedFirstBoot | undefined): readonly SettingsChange[] {
  return firstBoot?.timezone === undefined ? [] : [{ section: 'Exec', key: 'Timezone', values: ['off'] }];
}
