import { chiSquareSurvival } from '../../base/distribution.ts';
import type { Failure } from '../../base/failure.ts';
import { checkCount, checkProbability, firstRefusal } from './check.ts';
import { bernoulliRatio } from './likelihood.ts';
import { reportChiSquare } from './report.ts';
import type { TestReport } from './report.ts';

const OBSERVATIONS_MAX = 1e9;

export type FailureProportion = TestReport & {
  /** Exceptions that a correct model has on average. */
  readonly expected: number;
  /** The normal score of the count, (x − pT)/√(p(1−p)T); positive means too many. */
  readonly normalScore: number;
};

/**
 * Kupiec's proportion-of-failures test (1995) (BACKTEST-002): are `exceptions` in `observations` days compatible with the exceedance
 * probability `probability` = 1 − confidence? χ² with 1 degree of freedom; no exception is a limit of the likelihood.
 */
export function assessFailureProportion(input: {
  readonly observations: number;
  readonly exceptions: number;
  readonly probability: number;
  readonly level: number;
}): FailureProportion | Failure {
  const { observations, exceptions, probability, level } = input;
  const refusal = firstRefusal([
    checkCount(observations, 'observations', { min: 1, max: OBSERVATIONS_MAX }),
    checkCount(exceptions, 'exceptions', { min: 0, max: observations }),
    checkProbability(probability, 'probability'),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  const expected = observations * probability;
  return {
    ...reportChiSquare(bernoulliRatio(exceptions, observations, probability), 1, level),
    expected,
    normalScore: (exceptions - expected) / Math.sqrt(expected * (1 - probability)),
  };
}

export type CoverageRegion = {
  /** Fewest and most exceptions that are not rejected; null where every count is rejected. */
  readonly exceptionsMin: number | null;
  readonly exceptionsMax: number | null;
  /** Likelihood ratios of those two counts, and of the counts one outside them (null where there is none). */
  readonly ratiosAtEnds: readonly [number | null, number | null];
  readonly ratiosOutside: readonly [number | null, number | null];
};

/** The counts of exceptions that {@link assessFailureProportion} accepts at `level` (Kupiec 1995, table 3). */
export function listAcceptedCounts(input: {
  readonly observations: number;
  readonly probability: number;
  readonly level: number;
}): CoverageRegion | Failure {
  const { observations, probability, level } = input;
  const refusal = firstRefusal([
    checkCount(observations, 'observations', { min: 1, max: 1e6 }),
    checkProbability(probability, 'probability'),
    checkProbability(level, 'level'),
  ]);
  if (refusal !== null) return refusal;
  const ratio = (count: number | null): number | null =>
    count === null || count < 0 || count > observations
      ? null
      : bernoulliRatio(count, observations, probability);
  const accepts = (count: number): boolean => {
    const found = ratio(count);
    return found !== null && chiSquareSurvival(found, 1) >= level;
  };
  const middle = Math.floor(observations * probability);
  let min = accepts(middle) ? middle : middle + 1;
  if (!accepts(min))
    return {
      exceptionsMin: null,
      exceptionsMax: null,
      ratiosAtEnds: [null, null],
      ratiosOutside: [null, null],
    };
  let max = min;
  while (accepts(min - 1)) min -= 1;
  while (accepts(max + 1)) max += 1;
  return {
    exceptionsMin: min,
    exceptionsMax: max,
    ratiosAtEnds: [ratio(min), ratio(max)],
    ratiosOutside: [ratio(min - 1), ratio(max + 1)],
  };
}
