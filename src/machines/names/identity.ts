/** What makes one machine distinct from its clones: machine-id and host name. */
import { randomBytes } from '../../files/random-bytes.ts';

/** 128 random bits with the marks of a version 4 UUID (machine-id(5) wants them so), 32 lower-case hex digits. */
export function newMachineId(): string {
  const bytes = randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex');
}

/** The same bits as container_uuid writes them. */
export function formatUuid(machineId: string): string {
  return machineId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
