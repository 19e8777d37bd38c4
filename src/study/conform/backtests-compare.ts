import { chiSquareSurvival } from '../../base/distribution.ts';
import { describeFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import type { TestReport } from '../backtest/report.ts';
import { fail } from './compare.ts';
import { numberOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase } from './suite.ts';

export type Value = number | string | boolean | null | readonly number[] | readonly (number | null)[];

/** One field of a row: what we found, and by how much it may differ in the measure of {@link measureDeviation}. */
export type Check = {
  readonly field: string;
  readonly expected: unknown;
  readonly actual: Value;
  readonly measure: 'statistic' | 'probability' | 'absolute' | 'exact';
  readonly tolerance: number;
};

export const TOLERANCE = 1e-9;
/** Rounding of a likelihood ratio, relative to itself or 1; it moves a p-value, most of all where the ratio is near 0. */
const RATIO_ROUNDING = 1e-12;
/** Probabilities below this underflow on one side or the other. */
const PROBABILITY_FLOOR = 1e-300;

/** The object in a field, or null where there is none. */
export function rowIn(row: Json, field: string): Json | null {
  const value = row[field];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

export function statistic(row: Json, field: string, actual: Value): Check {
  return { field, expected: row[field], actual, measure: 'statistic', tolerance: TOLERANCE };
}

export function probability(row: Json, field: string, actual: number | null): Check {
  return { field, expected: row[field], actual, measure: 'probability', tolerance: TOLERANCE };
}

export function exact(row: Json, field: string, actual: Value): Check {
  return { field, expected: row[field], actual, measure: 'exact', tolerance: 0 };
}

/** A number that the reference prints to a few places, `tolerance` half of the last. */
export function printed(
  row: Json,
  field: string,
  found: { actual: number | null; tolerance: number },
): Check {
  return { field, expected: row[field], measure: 'absolute', ...found };
}

/**
 * A statistic with its p-value. `fields.slack` is how far two likelihood ratios may lie apart, relative to themselves or 1 (by default what
 * rounding does to them); it moves the p-value, most of all where the ratio is near 0, and that much is allowed.
 */
export function reported(
  row: Json,
  fields: { readonly statistic: string; readonly pValue: string; readonly slack?: number },
  report: TestReport,
): Check[] {
  const { slack = RATIO_ROUNDING } = fields;
  const { degreesOfFreedom } = report;
  const expected = numberOf(row[fields.statistic]);
  let moved = 0;
  if (degreesOfFreedom !== null && expected >= 0) {
    const step = slack * Math.max(1, expected);
    const before = chiSquareSurvival(Math.max(0, expected - step), degreesOfFreedom);
    const after = chiSquareSurvival(expected + step, degreesOfFreedom);
    moved = (before - after) / Math.max(after, PROBABILITY_FLOOR);
  }
  return [
    { ...statistic(row, fields.statistic, report.statistic), tolerance: Math.max(TOLERANCE, slack) },
    { ...probability(row, fields.pValue, report.pValue), tolerance: Math.max(TOLERANCE, moved) },
  ];
}

/** 0 where equal; statistics relative to themselves or 1, probabilities relative, others absolute; Infinity where not comparable. */
function measureDeviation(expected: unknown, actual: Value, measure: Check['measure']): number {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return Infinity;
    return expected.reduce(
      (worst: number, item, i) => Math.max(worst, measureDeviation(item, actual[i], measure)),
      0,
    );
  }
  if (typeof expected !== 'number' || typeof actual !== 'number') return expected === actual ? 0 : Infinity;
  const difference = Math.abs(expected - actual);
  if (Number.isNaN(difference)) return Infinity;
  switch (measure) {
    case 'statistic':
      return difference / Math.max(1, Math.abs(expected));
    case 'probability':
      return difference / Math.max(PROBABILITY_FLOOR, Math.abs(expected));
    default:
      return difference;
  }
}

function shown(value: unknown): number | string | null {
  if (typeof value === 'number' || typeof value === 'string' || value === null) return value;
  return JSON.stringify(value) ?? null;
}

/** A case for each check whose field the reference has; fields that it lacks are not compared. */
export function* compare(name: string, checks: readonly Check[]): Iterable<ConformCase> {
  for (const { field, expected, actual, measure, tolerance } of checks) {
    if (expected === undefined) continue;
    const deviation = measureDeviation(expected, actual, measure);
    const status = deviation <= tolerance ? 'passed' : 'failed';
    yield { name, status, field, deviation, tolerance, expected: shown(expected), actual: shown(actual) };
  }
}

/** The failed case of a row whose numbers the tests refuse, or whose shape is not the suite's. */
export function refused(name: string, why: Failure | string): ConformCase {
  return fail(name, 'input', typeof why === 'string' ? why : describeFailure(why));
}
