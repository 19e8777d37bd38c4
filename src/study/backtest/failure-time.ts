import type { Failure } from '../../base/failure.ts';
import { checkProbability, firstRefusal } from './check.ts';
import { checkHits, countHits, toDays } from './exceedance.ts';
import type { Hits } from './exceedance.ts';
import { bernoulliRatio } from './likelihood.ts';
import { reportChiSquare, reportNotApplicable } from './report.ts';
import type { TestReport } from './report.ts';

type FailureTimeInput = { readonly hits: Hits; readonly probability: number; readonly level: number };

function checkInput(input: FailureTimeInput): Failure | null {
  return firstRefusal([
    checkHits(input.hits),
    checkProbability(input.probability, 'probability'),
    checkProbability(input.level, 'level'),
  ]);
}

export type FirstFailure = TestReport & {
  /** Day of the first exceedance, 1-based; null where there is none. */
  readonly firstFailureDay: number | null;
};

/**
 * Kupiec's time until first failure (1995) (BACKTEST-003), χ² with 1 degree of freedom. Without a failure the wait is at least one day
 * more than the sample and is measured as that; a sample shorter than the expected wait then proves nothing, and the
 * verdict is `not-applicable`.
 */
export function assessFirstFailure(input: FailureTimeInput): FirstFailure | Failure {
  const refusal = checkInput(input);
  if (refusal !== null) return refusal;
  const { hits, probability, level } = input;
  const found = hits.indexOf(1);
  const firstFailureDay = found < 0 ? null : found + 1;
  const wait = firstFailureDay ?? hits.length + 1;
  const report = reportChiSquare(bernoulliRatio(1, wait, probability), 1, level);
  if (firstFailureDay === null && wait * probability < 1)
    return { ...report, verdict: 'not-applicable', firstFailureDay };
  return { ...report, firstFailureDay };
}

export type FailureTimes = {
  /** Days from the start to the first failure, then from failure to failure. */
  readonly waits: readonly number[];
  /** The likelihood ratio of each wait. */
  readonly ratios: readonly number[];
  /** All waits together: one degree of freedom for each. */
  readonly timesBetween: TestReport;
  /** The same with the proportion of failures: one degree of freedom more. */
  readonly mixed: TestReport;
};

/** Haas' tests on the times between failures and their mixture with the proportion of failures (2001). */
export function assessFailureTimes(input: FailureTimeInput): FailureTimes | Failure {
  const refusal = checkInput(input);
  if (refusal !== null) return refusal;
  const { hits, probability, level } = input;
  const days = toDays(hits);
  const waits = days.map((day, i) => (i === 0 ? day : day - days[i - 1]!));
  const ratios = waits.map((wait) => bernoulliRatio(1, wait, probability));
  if (ratios.length === 0) {
    return { waits, ratios, timesBetween: reportNotApplicable(level), mixed: reportNotApplicable(level) };
  }
  let sum = 0;
  for (const ratio of ratios) sum += ratio;
  const proportion = bernoulliRatio(countHits(hits), hits.length, probability);
  return {
    waits,
    ratios,
    timesBetween: reportChiSquare(sum, ratios.length, level),
    mixed: reportChiSquare(sum + proportion, ratios.length + 1, level),
  };
}
