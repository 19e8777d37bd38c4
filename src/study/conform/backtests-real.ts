import { isFailure } from '../../base/failure.ts';
import { markExceedances, toDays } from '../backtest/exceedance.ts';
import type { Hits, TailSeries } from '../backtest/exceedance.ts';
import { assessExceedanceResiduals } from '../backtest/residual.ts';
import type { ExceedanceResiduals } from '../backtest/residual.ts';
import { scorePinball, scoreTail } from '../backtest/score.ts';
import { assessShortfall, measureShortfall } from '../backtest/shortfall.ts';
import { assessTailMean } from '../backtest/tail-mean.ts';
import { LEVEL } from './backtests-coverage.ts';
import { compare, exact, probability, refused, rowIn, statistic } from './backtests-compare.ts';
import { parseLaw } from './backtests-law.ts';
import { compareDynamicQuantile, compareHitTests } from './backtests-series.ts';
import { drawsOf, frequencyError, simulated } from './backtests-simulation.ts';
import type { ShortfallLaws } from './backtests-simulation.ts';
import { skip } from './compare.ts';
import { numberOf, vectorOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase } from './suite.ts';

/** The common series of the file: P&L and the volatility forecast of each day. */
export type RealSeries = { readonly pnl: readonly number[]; readonly sigma: readonly number[] };

export function realSeriesIn(file: Json): RealSeries {
  const row = rowIn(file, 'real_series') ?? {};
  return { pnl: Array.from(vectorOf(row['pnl'])), sigma: Array.from(vectorOf(row['sigma'])) };
}

const RESAMPLES = 100_000;
const SEED = 7;

type RealSample = TailSeries & { readonly hits: Hits; readonly sigma: readonly number[] };

/** The last `window` days, with forecasts that are multiples of the day's volatility. */
function sampleIn(row: Json, series: RealSeries): RealSample | string {
  const window = numberOf(row['window']);
  if (!(window >= 1 && window <= series.pnl.length)) return `window ${window} of ${series.pnl.length} days`;
  const pnl = series.pnl.slice(-window);
  const sigma = series.sigma.slice(-window);
  const valueAtRisk = sigma.map((s) => numberOf(row['var_multiple']) * s);
  const expectedShortfall = sigma.map((s) => numberOf(row['es_multiple']) * s);
  const hits = markExceedances(pnl, valueAtRisk);
  return isFailure(hits)
    ? 'the series or the multiples are not numbers'
    : { pnl, sigma, valueAtRisk, expectedShortfall, hits };
}

/** One model on the real series: every test within. */
export function* compareReal(
  row: Json,
  name: string,
  context: { series: RealSeries; laws: ShortfallLaws },
): Iterable<ConformCase> {
  const sample = sampleIn(row, context.series);
  if (typeof sample === 'string') return yield refused(name, sample);
  const law = parseLaw(String(row['model']));
  const tail = numberOf(row['p']);
  if (law !== null && tail > 0 && tail < 1) {
    yield* compare(name, [
      statistic(row, 'var_multiple', -law.quantile(tail)),
      statistic(row, 'es_multiple', law.shortfall(tail)),
    ]);
  }
  yield* compare(name, [exact(row, 'exceedance_days_1_based', toDays(sample.hits))]);
  const tests = rowIn(row, 'tests');
  if (tests !== null) yield* compareHitTests(tests, name, sample.hits);
  yield* compareDynamicQuantile(row, name, sample);
  yield* compareShortfall(row, name, { sample, laws: context.laws });
  yield* compareResiduals(row, name, sample);
  yield* compareScores(row, name, sample);
}

function* compareShortfall(
  row: Json,
  name: string,
  context: { sample: RealSample; laws: ShortfallLaws },
): Iterable<ConformCase> {
  const at = rowIn(row, 'acerbi_szekely');
  if (at === null) return;
  const tail = numberOf(row['p']);
  const found = measureShortfall(context.sample, tail);
  if (isFailure(found)) return yield refused(name, found);
  yield* compare(name, [
    statistic(at, 'z1', found.conditional),
    statistic(at, 'z2', found.unconditional),
    statistic(at, 'z_mb', found.minimallyBiased),
  ]);
  const law = context.laws(String(row['model']), context.sample.hits.length, tail);
  if (law === null) return yield skip(name, 'p_z1', 'a model that the suite does not simulate');
  if (isFailure(law)) return yield refused(name, law);
  const tests = assessShortfall(found, law, LEVEL);
  if (isFailure(tests)) return yield refused(name, tests);
  const theirs = drawsOf(at['nsim']);
  for (const [field, report, sample] of [
    ['p_z1', tests.conditional, law.conditional],
    ['p_z2', tests.unconditional, law.unconditional],
    ['p_z_mb', tests.minimallyBiased, law.minimallyBiased],
  ] as const) {
    const expected = at[field];
    if (typeof expected !== 'number' || report.pValue === null) {
      yield* compare(name, [exact(at, field, report.pValue)]);
      continue;
    }
    const error = combinedError(expected, { ours: sample.length, theirs, stated: at[`${field}_se`] });
    yield* compare(name, [simulated({ field, expected, actual: report.pValue, error })]);
  }
}

/** The stated standard error of the reference with our own, or both from the number of draws where it states none. */
function combinedError(p: number, draws: { ours: number; theirs: number; stated: unknown }): number {
  if (typeof draws.stated !== 'number' || !(draws.stated > 0))
    return frequencyError(p, draws.ours, draws.theirs);
  const ours = frequencyError(p, draws.ours, Infinity);
  return Math.sqrt(ours * ours + draws.stated * draws.stated);
}

function* compareResiduals(row: Json, name: string, sample: RealSample): Iterable<ConformCase> {
  const at = rowIn(row, 'mcneil_frey');
  if (at === null) return;
  const assess = (
    scale: readonly number[],
    resamples: number,
  ): ReturnType<typeof assessExceedanceResiduals> =>
    assessExceedanceResiduals({ ...sample, scale, resamples, seed: SEED, level: LEVEL });
  const scaled = assess(sample.sigma, RESAMPLES);
  const unscaled = assess(
    sample.sigma.map(() => 1),
    1,
  );
  if (isFailure(scaled)) return yield refused(name, scaled);
  if (isFailure(unscaled)) return yield refused(name, unscaled);
  yield* compare(name, [
    statistic(at, 'residuals_over_sigma', scaled.residuals),
    statistic(at, 'mean', scaled.mean),
    statistic(at, 't_stat', scaled.statistic),
    probability(at, 'p_student_one_sided', scaled.pValueStudent),
    probability(at, 'p_normal_one_sided', scaled.pValueNormal),
    statistic(at, 't_stat_unscaled_residuals', unscaled.statistic),
    probability(at, 'p_normal_unscaled', unscaled.pValueNormal),
  ]);
  yield* compareBootstrap(at, name, scaled);
}

function* compareBootstrap(at: Json, name: string, scaled: ExceedanceResiduals): Iterable<ConformCase> {
  const expected = at['p_bootstrap'];
  if (typeof expected !== 'number' || scaled.pValue === null) {
    return yield* compare(name, [exact(at, 'p_bootstrap', scaled.pValue)]);
  }
  const error = combinedError(expected, {
    ours: RESAMPLES,
    theirs: drawsOf(at['bootstrap_B']),
    stated: at['p_bootstrap_se'],
  });
  yield* compare(name, [simulated({ field: 'p_bootstrap', expected, actual: scaled.pValue, error })]);
}

function* compareScores(row: Json, name: string, sample: RealSample): Iterable<ConformCase> {
  const at = rowIn(row, 'scores');
  if (at === null) return;
  const tail = numberOf(row['p']);
  const pinball = scorePinball(sample, tail);
  const joint = scoreTail(sample, tail);
  if (isFailure(pinball)) return yield refused(name, pinball);
  if (isFailure(joint)) return yield refused(name, joint);
  yield* compare(name, [
    statistic(at, 'mean_pinball', meanOf(pinball)),
    statistic(at, 'mean_fz0', meanOf(joint)),
  ]);
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Costanzino and Curran's test of a model on the last `window` days; its ranks are the model's law at P&L over volatility. */
export function* compareTailMean(row: Json, name: string, series: RealSeries): Iterable<ConformCase> {
  const window = numberOf(row['window']);
  if (!(window >= 1 && window <= series.pnl.length)) {
    return yield refused(name, `window ${window} of ${series.pnl.length} days`);
  }
  const law = parseLaw(String(row['model']));
  if (law === null) return yield skip(name, 'model', 'a model whose law the suite does not know');
  const sigma = series.sigma.slice(-window);
  const ranks = series.pnl.slice(-window).map((x, t) => law.cdf(x / sigma[t]!));
  const found = assessTailMean({ ranks, probability: numberOf(row['p']), level: LEVEL });
  if (isFailure(found)) return yield refused(name, found);
  yield* compare(name, [
    statistic(row, 'statistic', found.severitySum),
    statistic(row, 'mean', found.mean),
    statistic(row, 'variance', found.variance),
    statistic(row, 'z', found.statistic),
    probability(row, 'p_value_right', found.pValue),
  ]);
}
