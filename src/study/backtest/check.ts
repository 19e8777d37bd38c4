import { refuse } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';

/** Refuses a probability outside the open interval (0, 1). */
export function checkProbability(value: number, field: string): Failure | null {
  if (value > 0 && value < 1) return null;
  return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected: 'a number above 0 and below 1' });
}

/** Refuses anything but a whole number from `min` to `max`. */
export function checkCount(
  value: number,
  field: string,
  bounds: { min: number; max: number },
): Failure | null {
  if (Number.isSafeInteger(value) && value >= bounds.min && value <= bounds.max) return null;
  return refuse('NUMBER_OUT_OF_RANGE', {
    field,
    value,
    expected: `a whole number from ${bounds.min} to ${bounds.max}`,
  });
}

/** Refuses anything but a whole number that seeds a generator. */
export function checkSeed(value: number): Failure | null {
  return checkCount(value, 'seed', { min: 0, max: Number.MAX_SAFE_INTEGER });
}

/** Refuses an empty series, one of another length than `length`, or one with a number that is not finite. */
export function checkSeries(values: ArrayLike<number>, field: string, length: number): Failure | null {
  if (length < 1)
    return refuse('HISTORY_TOO_SHORT', { field, value: length, expected: 'at least 1 observation' });
  if (values.length !== length) {
    return refuse('SHAPE_INVALID', { field, value: `${values.length} values`, expected: `${length} values` });
  }
  for (let i = 0; i < length; i += 1) {
    if (!Number.isFinite(values[i])) {
      return refuse('NUMBER_NOT_FINITE', {
        field: `${field}[${i}]`,
        value: values[i],
        expected: 'a finite number',
      });
    }
  }
  return null;
}

/** Refuses a series in which a number is not finite and above zero, or whose length is not `length`. */
export function checkPositiveSeries(
  values: ArrayLike<number>,
  field: string,
  length: number,
): Failure | null {
  const refusal = checkSeries(values, field, length);
  if (refusal !== null) return refusal;
  for (let i = 0; i < length; i += 1) {
    if (values[i]! > 0) continue;
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: `${field}[${i}]`,
      value: values[i],
      expected: 'a number above 0',
    });
  }
  return null;
}

/** The first refusal among several checks, or null where all of them hold. */
export function firstRefusal(checks: readonly (Failure | null)[]): Failure | null {
  for (const check of checks) {
    if (check !== null) return check;
  }
  return null;
}
