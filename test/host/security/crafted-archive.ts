/** Archives that no export would write: a pax tar, header by header. */

export interface CraftedEntry {
  readonly path: string;
  /** One character: 0 file, 1 hard link, 2 symbolic link, 3 and 4 devices, 5 directory, 6 FIFO. */
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly link?: string;
  readonly mode?: number;
  readonly device?: readonly [number, number];
  /** An extended header before it. */
  readonly extended?: Readonly<Record<string, string>>;
}

export const END = Buffer.alloc(1024);

export function tar(...entries: readonly CraftedEntry[]): Buffer {
  return Buffer.concat([...entries.map(entry), END]);
}

/** Of one entry, without an end. */
export function entry(given: CraftedEntry): Buffer {
  const { extended } = given;
  const before = extended === undefined ? [] : [block({ path: 'x', type: 'x', content: records(extended) })];
  return Buffer.concat([...before, block(given)]);
}

function block({
  path,
  type = '0',
  content = '',
  link = '',
  mode = 0o644,
  device = [0, 0],
}: CraftedEntry): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  const octal = (at: number, length: number, value: number) =>
    header.write(value.toString(8).padStart(length - 1, '0'), at);
  header.write(path, 0, 100, 'latin1');
  octal(100, 8, mode);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, data.length);
  octal(136, 12, 0);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157, 100, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octal(329, 8, device[0]);
  octal(337, 8, device[1]);
  octal(
    148,
    7,
    header.reduce((sum, byte) => sum + byte, 0),
  );
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

function records(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      let length = rest + String(rest).length;
      if (rest + String(length).length > length) length += 1;
      return `${length} ${key}=${value}\n`;
    })
    .join('');
}
