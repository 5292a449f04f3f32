/** Images, as machined has them. */
import { bytes, count, flag, integer, list, text, textRecord } from '../bus/values.ts';
import type { LongCall, Machine1Calls } from './calls.ts';

export interface ListedImage {
  readonly name: string;
  /** directory, subvolume, raw, block. */
  readonly type: string;
  readonly readOnly: boolean;
  /** Microseconds since the epoch; 0 where the file system does not tell. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Bytes; null where they are not counted. */
  readonly usage: number | null;
  /** Of its object. */
  readonly path: string;
}

export interface ImageProperties {
  readonly name: string;
  readonly type: string;
  readonly readOnly: boolean;
  /** Of the files. */
  readonly path: string;
  /** Microseconds since the epoch; 0 where the file system does not tell. */
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Bytes; null where they are not counted, of a limit: none. */
  readonly usage: number | null;
  readonly usageExclusive: number | null;
  readonly limit: number | null;
  readonly limitExclusive: number | null;
}

export function createImageCalls({ ask, order, longOrder, propertiesOf }: Machine1Calls) {
  return {
    listImages: async (): Promise<readonly ListedImage[]> => {
      const [images] = await ask('ListImages');
      return list(images).map(listedImage);
    },
    /** @param path of the image's object */
    imageProperties: async (path: string): Promise<ImageProperties> =>
      imageProperties(await propertiesOf(path, 'Image')),
    imageHostname: async (name: string): Promise<string> =>
      text((await ask('GetImageHostname', 's', name))[0]),
    /** 32 hex digits; empty: it has none. */
    imageMachineId: async (name: string): Promise<string> =>
      bytes((await ask('GetImageMachineID', 's', name))[0]).toString('hex'),
    imageOsRelease: async (name: string) => textRecord((await ask('GetImageOSRelease', 's', name))[0]),

    cloneImage: async (
      name: string,
      newName: string,
      readOnly: boolean,
      options?: LongCall,
    ): Promise<void> => {
      await longOrder('CloneImage', 'ssb', [name, newName, readOnly], options);
    },
    renameImage: async (name: string, newName: string): Promise<void> => {
      await order('RenameImage', 'ss', name, newName);
    },
    removeImage: async (name: string, options?: LongCall): Promise<void> => {
      await longOrder('RemoveImage', 's', [name], options);
    },
    markImageReadOnly: async (name: string, readOnly: boolean): Promise<void> => {
      await order('MarkImageReadOnly', 'sb', name, readOnly);
    },
    /** @param size bytes; null: no limit */
    setImageLimit: async (name: string, size: number | null): Promise<void> => {
      await order('SetImageLimit', 'st', name, size === null ? 0xffff_ffff_ffff_ffffn : BigInt(size));
    },
  };
}

function listedImage(row: unknown): ListedImage {
  const [name, type, readOnly, createdAt, modifiedAt, usage, path] = list(row);
  return {
    name: text(name),
    type: text(type),
    readOnly: flag(readOnly),
    createdAt: integer(createdAt),
    modifiedAt: integer(modifiedAt),
    usage: count(usage),
    path: text(path),
  };
}

function imageProperties(of: Readonly<Record<string, unknown>>): ImageProperties {
  return {
    name: text(of['Name']),
    type: text(of['Type']),
    readOnly: flag(of['ReadOnly']),
    path: text(of['Path']),
    createdAt: integer(of['CreationTimestamp']),
    modifiedAt: integer(of['ModificationTimestamp']),
    usage: count(of['Usage']),
    usageExclusive: count(of['UsageExclusive']),
    limit: count(of['Limit']),
    limitExclusive: count(of['LimitExclusive']),
  };
}
