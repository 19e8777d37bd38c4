import { chiSquareSurvival } from '../../base/distribution.ts';

export type Verdict = 'accepted' | 'rejected' | 'not-applicable';

/**
 * What every backtest answers. `level` is the size of the test: the model is rejected where `pValue` < `level`.
 * Where the sample cannot speak (no exception to measure, say) the verdict is `not-applicable`, and a number that does
 * not exist is null, never NaN. `degreesOfFreedom` is null where the reference distribution has none.
 */
export type TestReport = {
  readonly statistic: number | null;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number | null;
  readonly verdict: Verdict;
  readonly level: number;
};

export type TestResult = {
  readonly statistic: number;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number;
};

/** The report of a test whose p-value is known. */
export function reportResult(result: TestResult, level: number): TestReport {
  const { statistic, degreesOfFreedom, pValue } = result;
  return { statistic, degreesOfFreedom, pValue, verdict: pValue < level ? 'rejected' : 'accepted', level };
}

/** The report of a statistic that is chi-square with `degreesOfFreedom` under the model. */
export function reportChiSquare(statistic: number, degreesOfFreedom: number, level: number): TestReport {
  return reportResult(
    { statistic, degreesOfFreedom, pValue: chiSquareSurvival(statistic, degreesOfFreedom) },
    level,
  );
}

/** The report of a test that the sample cannot carry. */
export function reportNotApplicable(level: number): TestReport {
  return { statistic: null, degreesOfFreedom: null, pValue: null, verdict: 'not-applicable', level };
}
