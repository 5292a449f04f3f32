/** What came over the bus, as what it must be. Whoever answers may be of another version than what was written for, or hostile. */
import { Variant } from 'dbus-next/lib/variant.js';
import { BackendError } from '../../backend.ts';
import type { TypedValue } from './calls.ts';

/** systemd's word for no limit, not known, not counted. */
const UNSET = 0xffff_ffff_ffff_ffffn;

/** As it is sent. */
export function variant(signature: string, value: unknown): TypedValue {
  return new Variant(signature, value);
}

/** Variants at any depth as what they hold. */
export function plain(value: unknown): unknown {
  if (value instanceof Variant) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : wrong('a text', value);
}

export function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : wrong('true or false', value);
}

/** An integer; beyond 2^53 the nearest that a number can be. */
export function integer(value: unknown): number {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : wrong('an integer', value);
}

/** As `integer`; null for UINT64_MAX, which is systemd's infinity and its not known. */
export function count(value: unknown): number | null {
  return value === UNSET ? null : integer(value);
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : wrong('a list', value);
}

export function texts(value: unknown): readonly string[] {
  return list(value).map(text);
}

export function bytes(value: unknown): Buffer {
  return Buffer.isBuffer(value) ? value : wrong('bytes', value);
}

/** A dictionary; its keys are whatever the sender liked. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)
    ? (value as Readonly<Record<string, unknown>>)
    : wrong('a dictionary', value);
}

export function textRecord(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record(value)).map(([key, one]) => [key, text(one)]));
}

function wrong(wanted: string, value: unknown): never {
  const shown = typeof value === 'object' ? JSON.stringify(value, shortBigInt) : String(value);
  throw new BackendError(
    'failed',
    `an answer over D-Bus should be ${wanted}, and is ${shown.slice(0, 100)}`,
    {
      hint: 'see which version of systemd this host has (`systemctl --version`); 246 and later are known to work',
    },
  );
}

function shortBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
