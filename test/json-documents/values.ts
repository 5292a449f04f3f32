/** What members of JSON documents are made of (docs/json.md). */
import * as v from 'valibot';

export const text: v.GenericSchema<string> = v.string();
export const texts: v.GenericSchema<readonly string[]> = v.array(v.string());
/** Bytes, microseconds, how many: never below nothing, never a part of one. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const countOrNull = v.nullable(count);
export const textOrNull = v.nullable(v.string());
export const time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'no ISO 8601 in UTC'),
);
export const timeOrNull = v.nullable(time);
/** Of an interval, or of something else that is measured. */
export const measure = v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0)));
/** 0 to 1; counters of the kernel are not read at one moment. */
export const share = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1.01)));
export const amount = v.nullable(v.union([v.pipe(v.number(), v.minValue(0)), v.literal('max')]));
export const words = v.record(v.string(), v.string());

/** A whole document, or a line of a stream. Nothing else may be in it: what is not described is not documented. */
export const document = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject({ version: v.literal(1), ...entries });
