import { isFailure, refuse } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { assessFailureProportion } from '../backtest/coverage.ts';
import { assessDurations, SHAPE_MAX, SHAPE_MIN } from '../backtest/duration.ts';
import type { Durations } from '../backtest/duration.ts';
import { assessDynamicQuantile } from '../backtest/dynamic-quantile.ts';
import type { Regressor } from '../backtest/dynamic-quantile.ts';
import { countHits, toHits } from '../backtest/exceedance.ts';
import type { Hits, TailSeries } from '../backtest/exceedance.ts';
import { assessFailureTimes, assessFirstFailure } from '../backtest/failure-time.ts';
import type { FailureTimes } from '../backtest/failure-time.ts';
import { assessConditionalCoverage } from '../backtest/independence.ts';
import { LEVEL } from './backtests-coverage.ts';
import { compare, exact, refused, reported, rowIn, statistic, TOLERANCE } from './backtests-compare.ts';
import type { Check } from './backtests-compare.ts';
import { skip } from './compare.ts';
import { numberOf, rowsOf, vectorOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase } from './suite.ts';

/**
 * The reference finds the Weibull shape by a search that sees the likelihood flat within the root of machine precision, and that stops
 * 1.5e-7 short of the bounds: shapes, and at a bound the likelihoods too, are compared as optimisers compare.
 */
const SEARCH_TOLERANCE = 1e-6;

export function* comparePattern(row: Json, name: string): Iterable<ConformCase> {
  const hits = toHits(Array.from(vectorOf(row['exceedance_days_1_based'])), numberOf(row['T']));
  if (isFailure(hits)) return yield refused(name, hits);
  yield* compareHitTests(row, name, hits);
}

/** The tests that need nothing but the days of exceedance. */
export function* compareHitTests(row: Json, name: string, hits: Hits): Iterable<ConformCase> {
  const tests = { hits, probability: numberOf(row['p']), level: LEVEL };
  const exceptions = countHits(hits);
  const proportion = assessFailureProportion({
    observations: hits.length,
    exceptions,
    probability: tests.probability,
    level: LEVEL,
  });
  const coverage = assessConditionalCoverage(tests);
  const first = assessFirstFailure(tests);
  const times = assessFailureTimes(tests);
  const durations = assessDurations(hits, LEVEL);
  const problem = [proportion, coverage, first, times, durations].find(isFailure);
  if (problem !== undefined) return yield refused(name, problem);
  if (
    isFailure(proportion) ||
    isFailure(coverage) ||
    isFailure(first) ||
    isFailure(times) ||
    isFailure(durations)
  )
    return;
  const { transitions, independence } = coverage;
  yield* compare(name, [exact(row, 'T', hits.length), exact(row, 'exceedances', exceptions)]);
  yield* compareIn(row, { name, group: 'pof' }, (at) =>
    reported(at, { statistic: 'lr_pof', pValue: 'p_value' }, proportion),
  );
  yield* compareIn(row, { name, group: 'transitions' }, (at) => [
    exact(at, 'n00', transitions.calmCalm),
    exact(at, 'n01', transitions.calmHit),
    exact(at, 'n10', transitions.hitCalm),
    exact(at, 'n11', transitions.hitHit),
  ]);
  yield* compareIn(row, { name, group: 'independence' }, (at) => [
    statistic(at, 'pi01', independence.hitAfterCalm),
    statistic(at, 'pi11', independence.hitAfterHit),
    statistic(at, 'pi', independence.hitAfterAny),
    ...reported(at, { statistic: 'lr_ind', pValue: 'p_value' }, independence),
  ]);
  yield* compareIn(row, { name, group: 'cc' }, (at) => [
    ...reported(at, { statistic: 'lr_cc_sum', pValue: 'p_value' }, coverage.sum),
    ...reported(
      at,
      { statistic: 'lr_cc_conditional_on_first', pValue: 'p_value_conditional' },
      coverage.conditionalOnFirst,
    ),
  ]);
  yield* compareIn(row, { name, group: 'tuff' }, (at) => [
    exact(at, 'first_failure', first.firstFailureDay),
    ...reported(at, { statistic: 'lr_tuff', pValue: 'p_value' }, first),
  ]);
  yield* compareFailureTimes(row, name, times);
  yield* compareDurations(row, name, durations);
}

/** The checks of one group of the row, named `group.field`; nothing where the reference lacks the group. */
function* compareIn(
  row: Json,
  at: { readonly name: string; readonly group: string },
  checks: (fields: Json) => readonly Check[],
): Iterable<ConformCase> {
  const fields = rowIn(row, at.group);
  if (fields === null) return;
  yield* compare(
    at.name,
    checks(fields).map((check) => ({ ...check, field: `${at.group}.${check.field}` })),
  );
}

function* compareFailureTimes(row: Json, name: string, times: FailureTimes): Iterable<ConformCase> {
  if (row['haas'] === null) {
    const verdict = times.timesBetween.verdict === 'not-applicable' ? null : times.timesBetween.verdict;
    return yield* compare(name, [exact(row, 'haas', verdict)]);
  }
  yield* compareIn(row, { name, group: 'haas' }, (at) => [
    exact(at, 'times_between_failures', times.waits),
    statistic(at, 'lr_terms', times.ratios),
    exact(at, 'df', times.timesBetween.degreesOfFreedom),
    ...reported(at, { statistic: 'lr_tbfi', pValue: 'p_value' }, times.timesBetween),
    exact(at, 'df_mixed', times.mixed.degreesOfFreedom),
    ...reported(at, { statistic: 'lr_mixed', pValue: 'p_value_mixed' }, times.mixed),
  ]);
}

function* compareDurations(row: Json, name: string, found: Durations): Iterable<ConformCase> {
  const group = 'duration_weibull';
  if (row[group] === null) {
    return yield* compare(name, [
      exact(row, group, found.verdict === 'not-applicable' ? null : found.verdict),
    ]);
  }
  const reference = rowIn(row, group);
  if (
    found.verdict === 'not-applicable' &&
    reference !== null &&
    numberOf(reference['lr']) < SEARCH_TOLERANCE
  ) {
    return yield skip(
      name,
      group,
      'no complete duration: the likelihood is flat, and the reference says so by a ratio of 0',
    );
  }
  const atBound = found.shape === SHAPE_MAX || found.shape === SHAPE_MIN;
  const tolerance = atBound ? SEARCH_TOLERANCE : TOLERANCE;
  yield* compareIn(row, { name, group }, (at) => [
    exact(at, 'durations', found.durations),
    exact(at, 'censored', found.censored.map(Number)),
    { ...statistic(at, 'weibull_b', found.shape), tolerance: SEARCH_TOLERANCE },
    { ...statistic(at, 'loglik', found.logLikelihood), tolerance },
    statistic(at, 'loglik_exponential', found.logLikelihoodExponential),
    ...reported(
      at,
      { statistic: 'lr', pValue: 'p_value', ...(atBound ? { slack: SEARCH_TOLERANCE } : {}) },
      found,
    ),
  ]);
}

/** One word of the `regressors` line as a column; null for the constant and the hits, which every variant has. */
function parseRegressor(word: string, series: TailSeries): Regressor | Failure | null {
  if (word === 'constant' || word === 'hit lags 1..K') return null;
  const lag = Number(/t-(\d+)$/.exec(word)?.[1] ?? 0);
  const stem = word.replace(/[ _]t(-\d+)?$/, '').toLowerCase();
  if (stem === 'var') return { values: series.valueAtRisk, lag };
  if (stem === 'return') return { values: series.pnl, lag };
  if (stem === 'squared return') return { values: Float64Array.from(series.pnl, (x) => x * x), lag };
  return refuse('SHAPE_INVALID', {
    field: 'regressors',
    value: word,
    expected: 'a regressor that the suite knows',
  });
}

export function* compareDynamicQuantile(
  row: Json,
  name: string,
  series: TailSeries & { readonly hits: Hits },
): Iterable<ConformCase> {
  for (const [i, variant] of rowsOf(row['dq']).entries()) {
    const label = `${name} dq[${i}]`;
    const words = String(variant['regressors']).split(',');
    const regressors: Regressor[] = [];
    for (const word of words) {
      const regressor = parseRegressor(word.trim(), series);
      if (isFailure(regressor)) return yield refused(label, regressor);
      if (regressor !== null) regressors.push(regressor);
    }
    const lags = numberOf(variant['lags']);
    const report = assessDynamicQuantile({
      hits: series.hits,
      probability: numberOf(row['p']),
      lags,
      regressors,
      level: LEVEL,
    });
    if (isFailure(report)) {
      yield refused(label, report);
      continue;
    }
    yield* compare(label, [
      ...reported(variant, { statistic: 'dq', pValue: 'p_value' }, report),
      exact(variant, 'df', report.degreesOfFreedom),
      exact(variant, 'n_used', report.observationsUsed),
    ]);
  }
}
