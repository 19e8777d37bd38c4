import { isFailure } from '../../base/failure.ts';
import { moments } from '../../base/moments.ts';
import {
  archTest,
  autocorrelations,
  distanceFromNormal,
  jarqueBera,
  ljungBox,
} from '../../scenario/diagnostics.ts';
import { compare, compareEach, fail, skip } from './compare.ts';
import { listOf, rowsOf, textOf } from './json.ts';
import type { Json } from './json.ts';
import { absent, returnsOf } from './series.ts';
import type { SeriesBook } from './series.ts';
import type { ConformCase } from './suite.ts';

/** Relative; p-values below the smallest that a double holds are stated as 0, so theirs is absolute. */
const TOLERANCE = 1e-8;
const PERCENT = 100;

/** Statistics of a series by the field that states them. */
function statistics(returns: Float64Array): Readonly<Record<string, number>> {
  const n = returns.length;
  const sample = moments(returns);
  const squares = returns.map((r) => r * r);
  const plain = ljungBox(returns, 10);
  const squared = ljungBox(squares, 10);
  const shape = jarqueBera(returns);
  const arch = archTest(returns, 5);
  return {
    mean: sample.mean,
    sd_n_minus_1: Math.sqrt((sample.variance * n) / (n - 1)),
    skewness_population: sample.skewness,
    excess_kurtosis_population: sample.kurtosisExcess,
    ljung_box_10: plain.statistic,
    ljung_box_10_p: plain.pValue,
    ljung_box_squares_10: squared.statistic,
    ljung_box_squares_10_p: squared.pValue,
    jarque_bera: shape.statistic,
    jarque_bera_p: shape.pValue,
    arch_lm_5: isFailure(arch) ? Number.NaN : arch.statistic,
    arch_lm_5_p: isFailure(arch) ? Number.NaN : arch.pValue,
    ks_statistic_vs_fitted_normal: distanceFromNormal(returns),
  };
}

/** Moments, autocorrelations and tests of raw series. */
export function* runDiagnostics(json: Json, book: SeriesBook): Iterable<ConformCase> {
  for (const row of rowsOf(json['diagnostics'])) {
    const series = textOf(row['series']);
    const name = `diagnostics ${series}`;
    const returns = returnsOf(book, series, PERCENT);
    if (returns === null) {
      yield skip(name, 'series', absent(series));
      continue;
    }
    if (returns.length < 20) {
      yield fail(name, 'series', 'fewer than 20 returns');
      continue;
    }
    for (const [field, actual] of Object.entries(statistics(returns))) {
      if (!(field in row)) continue;
      const scale = field.endsWith('_p') && row[field] === 0 ? { scale: 1 } : {};
      yield compare({ name, field, actual, expected: row[field], tolerance: TOLERANCE, ...scale });
    }
    const squares = returns.map((r) => r * r);
    const each = { name, tolerance: TOLERANCE, scale: 1 };
    yield* compareEach(
      { ...each, field: 'acf_1_to_5' },
      autocorrelations(returns, 5),
      listOf(row['acf_1_to_5']),
    );
    const field = 'acf_squares_1_to_5';
    yield* compareEach({ ...each, field }, autocorrelations(squares, 5), listOf(row[field]));
  }
}
