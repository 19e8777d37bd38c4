import { type Failure, isFailure } from '../../base/failure.ts';
import { type Level, parseLevel } from '../../base/level.ts';
import { studentTQuantile } from '../../base/distribution.ts';
import { tailMultipliers } from '../../margin/tail-parametric.ts';
import { assessFailureProportion, type FailureProportion } from '../backtest/coverage.ts';
import { assessDurations } from '../backtest/duration.ts';
import { assessDynamicQuantile } from '../backtest/dynamic-quantile.ts';
import { countHits, type Hits } from '../backtest/exceedance.ts';
import { assessFailureTimes, assessFirstFailure } from '../backtest/failure-time.ts';
import { assessConditionalCoverage } from '../backtest/independence.ts';
import { recalibrate, simulateHitLaw } from '../backtest/law.ts';
import type { TestReport } from '../backtest/report.ts';
import {
  assessShortfall,
  measureShortfall,
  type ShortfallNull,
  simulateShortfallNull,
} from '../backtest/shortfall.ts';

/** Names of the tests of one book, in the order of the report. */
export const BOOK_TESTS = [
  'proportion',
  'first-failure',
  'times-between',
  'mixed',
  'independence',
  'conditional-coverage',
  'durations',
  'dynamic-quantile',
  'shortfall-z2',
] as const;
export type BookTest = (typeof BOOK_TESTS)[number];

/** What the tests read: outcome, margin, and VaR over ES of the day's distribution, oldest first, USD. */
export type BookSeries = {
  readonly pnl: Float64Array;
  readonly margin: Float64Array;
  readonly tailRatio: Float64Array;
  readonly hits: Hits;
};

/** Settings of a judgement: promised coverage (0.99), size of the tests, level of the shortfall that margin is (0.975). */
export type JudgeSpec = {
  readonly confidence: number;
  readonly testLevel: number;
  readonly shortfallLevel: string;
  /** Draws behind every simulated law, and their seed. */
  readonly paths: number;
  readonly seed: number;
};

export const DEFAULT_JUDGE: JudgeSpec = {
  confidence: 0.99,
  testLevel: 0.05,
  shortfallLevel: '0.975',
  paths: 500,
  seed: 11,
};

export type BookVerdict = {
  readonly proportion: FailureProportion;
  readonly reports: ReadonlyMap<BookTest, TestReport>;
};

/** Fat tail of the null model of Z2: Student t, by which crypto returns divided by their volatility are well described. */
const TAIL_DF = 5;

/** Laws of statistics in samples of a certain length, made once each. */
export type Laws = {
  readonly spec: JudgeSpec;
  readonly durations: (observations: number) => Float64Array | Failure;
  readonly between: (observations: number) => Float64Array | Failure;
  readonly mixed: (observations: number) => Float64Array | Failure;
  readonly shortfall: (observations: number) => ShortfallNull | Failure;
};

export function makeLaws(spec: JudgeSpec): Laws {
  const { paths, seed, testLevel: level } = spec;
  const probability = 1 - spec.confidence;
  const law = (measure: (hits: Hits) => number | null) =>
    remembered((observations) => simulateHitLaw({ observations, probability, paths, seed }, measure));
  const statistic = (report: TestReport | Failure): number | null =>
    isFailure(report) ? null : report.statistic;
  const times = (hits: Hits) => assessFailureTimes({ hits, probability, level });
  return {
    spec,
    durations: law((hits) => statistic(assessDurations(hits, level))),
    between: law((hits) => {
      const found = times(hits);
      return isFailure(found) ? null : found.timesBetween.statistic;
    }),
    mixed: law((hits) => {
      const found = times(hits);
      return isFailure(found) ? null : found.mixed.statistic;
    }),
    shortfall: remembered((observations) => shortfallLaw(spec, observations)),
  };
}

function remembered<T>(make: (observations: number) => T): (observations: number) => T {
  const known = new Map<number, T>();
  return (observations) => {
    const found = known.get(observations);
    if (found !== undefined) return found;
    const made = make(observations);
    known.set(observations, made);
    return made;
  };
}

function shortfallLaw(spec: JudgeSpec, observations: number): ShortfallNull | Failure {
  const level = parseLevel(spec.shortfallLevel, 'shortfallLevel');
  if (isFailure(level)) return level;
  const unit = tailMultipliers({ kind: 'student-t', degreesOfFreedom: TAIL_DF }, level);
  if (isFailure(unit)) return unit;
  const scale = Math.sqrt((TAIL_DF - 2) / TAIL_DF) / unit.expectedShortfall;
  const tail = (_day: number, u: number): number => -studentTQuantile(u, TAIL_DF) * scale;
  return simulateShortfallNull({
    observations,
    probability: level.tail,
    tail,
    paths: spec.paths,
    seed: spec.seed,
  });
}

/** Runs every test of one book. Refuses an empty series and one that is not finite. */
export function testBook(series: BookSeries, laws: Laws): BookVerdict | Failure {
  const { hits } = series;
  const { spec } = laws;
  const level = spec.testLevel;
  const probability = 1 - spec.confidence;
  const n = hits.length;
  const proportion = assessFailureProportion({
    observations: n,
    exceptions: countHits(hits),
    probability,
    level,
  });
  if (isFailure(proportion)) return proportion;
  const coverage = assessConditionalCoverage({ hits, probability, level });
  if (isFailure(coverage)) return coverage;
  const first = assessFirstFailure({ hits, probability, level });
  if (isFailure(first)) return first;
  const times = assessFailureTimes({ hits, probability, level });
  if (isFailure(times)) return times;
  const durations = assessDurations(hits, level);
  if (isFailure(durations)) return durations;
  const reports = new Map<BookTest, TestReport>([
    ['proportion', proportion],
    ['first-failure', first],
    ['independence', coverage.independence],
    ['conditional-coverage', coverage.sum],
  ]);
  const calibrated: readonly (readonly [BookTest, TestReport, Float64Array | Failure])[] = [
    ['times-between', times.timesBetween, laws.between(n)],
    ['mixed', times.mixed, laws.mixed(n)],
    ['durations', durations, laws.durations(n)],
  ];
  for (const [name, report, law] of calibrated) {
    if (isFailure(law)) return law;
    reports.set(name, recalibrate(report, law));
  }
  const dynamic = assessDynamicQuantile({ hits, probability, lags: 4, regressors: [], level });
  if (!isFailure(dynamic)) reports.set('dynamic-quantile', dynamic);
  const shortfall = testShortfall(series, laws);
  if (shortfall !== null) reports.set('shortfall-z2', shortfall);
  return { proportion, reports };
}

/** Z2 with margin as the expected shortfall and the share that VaR has of it; null where margin is nothing or was not simulated. */
function testShortfall(series: BookSeries, laws: Laws): TestReport | null {
  const level = parseLevel(laws.spec.shortfallLevel, 'shortfallLevel') as Level;
  const valueAtRisk = series.margin.map((margin, t) => margin * series.tailRatio[t]!);
  const measured = measureShortfall(
    { pnl: series.pnl, valueAtRisk, expectedShortfall: series.margin },
    level.tail,
  );
  const law = laws.shortfall(series.pnl.length);
  if (isFailure(measured) || isFailure(law)) return null;
  const tests = assessShortfall(measured, law, laws.spec.testLevel);
  return isFailure(tests) ? null : tests.unconditional;
}
