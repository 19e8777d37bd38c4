import { describeFailure, isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import type { ConformCase } from './suite.ts';

/** What was computed, what the file says, and how far they may differ. */
export type Comparison = {
  readonly name: string;
  readonly field: string;
  readonly actual: number | null | Failure;
  readonly expected: unknown;
  readonly tolerance: number;
  /** What a deviation of 1 means; by default the size of the expected number (1 where that is 0). */
  readonly scale?: number;
};

/** The number that a file states, `Infinity` and `NaN` as text included; null for anything else. */
export function toStated(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const read = Number(value);
  return Number.isNaN(read) ? null : read;
}

function distance(actual: number, expected: number, scale: number | undefined): number {
  if (actual === expected) return 0;
  const unit = scale ?? (expected === 0 ? 1 : Math.abs(expected));
  const deviation = Math.abs(actual - expected) / unit;
  return Number.isNaN(deviation) ? Number.POSITIVE_INFINITY : deviation;
}

/**
 * One comparison as a case, skipped where the file has not the field. A refusal where the file says `null` passes: both say that there
 * is no number.
 */
export function compare(comparison: Comparison): ConformCase {
  const { name, field, tolerance } = comparison;
  if (comparison.expected === undefined) return skip(name, field, `the file states no ${field}`);
  const expected = toStated(comparison.expected);
  const actual = isFailure(comparison.actual) ? null : comparison.actual;
  const reason = isFailure(comparison.actual) ? { reason: describeFailure(comparison.actual) } : {};
  const none = actual === null || !Number.isFinite(actual);
  const both = actual !== null && expected !== null;
  let deviation = Number.POSITIVE_INFINITY;
  if (both) deviation = distance(actual, expected, comparison.scale);
  else if (expected === null && none) deviation = 0;
  const status = deviation <= tolerance ? 'passed' : 'failed';
  return { name, status, field, deviation, tolerance, expected, actual, ...reason };
}

/** A case that cannot be computed from what is there. */
export function skip(name: string, field: string, reason: string): ConformCase {
  return { name, status: 'skipped', field, deviation: 0, tolerance: 0, expected: null, actual: null, reason };
}

/** A case that fails without a number: the file is not of the shape, or a whole computation was refused. */
export function fail(name: string, field: string, reason: string): ConformCase {
  const deviation = Number.POSITIVE_INFINITY;
  return { name, status: 'failed', field, deviation, tolerance: 0, expected: null, actual: null, reason };
}

/** Entry by entry, with the index in the field. */
export function* compareEach(
  comparison: Omit<Comparison, 'actual' | 'expected'>,
  actual: ArrayLike<number> | Failure,
  expected: readonly unknown[],
): Iterable<ConformCase> {
  const { field } = comparison;
  if (isFailure(actual)) {
    yield fail(comparison.name, field, describeFailure(actual));
    return;
  }
  for (let i = 0; i < expected.length; i++)
    yield compare({
      ...comparison,
      field: `${field}[${i}]`,
      actual: actual[i] ?? null,
      expected: expected[i],
    });
}
