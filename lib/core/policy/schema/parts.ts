import * as z from 'zod';

/** What the rest of the schema is made of. Forms of texts (dates, addresses, ids) are checked in `checks/`, not here. */

/**
 * A mapping with these keys and no others. The message of an unknown key is the list of the known ones, from which the
 * fault is worded (`issues.ts`).
 */
export function closed<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

/** One of several schemas, chosen by looking at the value, so that faults are those of the one that was meant. */
export function choose<Value>(pick: (value: unknown) => z.ZodType<Value>) {
  return z.unknown().transform((value, context): Value => {
    const read = pick(value).safeParse(value);
    if (read.success) return read.data;
    for (const issue of read.error.issues) context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

export const text = z.string().min(1);
export const texts = z.array(text);
export const flag = z.boolean();
export const number = z.number();
/** Zero or more: money, days, seconds. */
export const amount = z.number().nonnegative();
export const positive = z.number().positive();
export const count = z.int().nonnegative();
export const positiveCount = z.int().positive();
/** 0 to 1. */
export const share = z.number().min(0).max(1);
export const byName = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value);
