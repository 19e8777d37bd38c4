import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { rangeVariance } from '../../scenario/range-volatility.ts';
import type { PriceBar, RangeEstimator } from '../../scenario/range-volatility.ts';
import { ewmaCovariance, secondMoments, toCorrelation } from '../../scenario/correlation.ts';
import { ewmaVariances, windowVariance } from '../../scenario/volatility.ts';
import { compare, compareEach, fail, skip } from './compare.ts';
import { runDiagnostics } from './garch-diagnostics.ts';
import { runFits, runLikelihoods } from './garch-fits.ts';
import { objectsWith, listOf, numberOf, objectOf, rowsOf, textOf, vectorOf } from './json.ts';
import type { Json } from './json.ts';
import { absent, openSeries, returnsOf } from './series.ts';
import type { SeriesBook } from './series.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';
import { firstVariance } from './var-es-filtered.ts';

/** Relative, for what is computed and not fitted. */
const TOLERANCE = 1e-9;
/** Series of closes are 100 × log returns here. */
const PERCENT = 100;

function* runFilteredVariance(row: Json, name: string, returns: Float64Array): Iterable<ConformCase> {
  const named = firstVariance(row['init'], returns);
  const first = named ?? numberOf(row['init_variance']);
  const variances = ewmaVariances(returns, { decay: numberOf(row['lambda']), first });
  if (isFailure(variances)) return yield fail(name, 'filter', variances.failure);
  const common = { name, tolerance: TOLERANCE };
  if (named === null) yield skip(name, 'init_variance', 'convention not known; the file’s number is used');
  else yield compare({ ...common, field: 'init_variance', actual: named, expected: row['init_variance'] });
  const next = variances[returns.length]!;
  yield compare({ ...common, field: 'next_variance', actual: next, expected: row['next_variance'] });
  for (const [at, expected] of Object.entries(objectOf(row['variance_at'])))
    yield compare({ ...common, field: `variance_at.${at}`, actual: variances[Number(at)] ?? null, expected });
}

function* runEwma(json: Json, book: SeriesBook): Iterable<ConformCase> {
  for (const row of rowsOf(json['ewma'])) {
    const series = textOf(row['series']);
    const init = textOf(row['init']);
    const name = `ewma ${series} ${textOf(row['lambda'])} ${init}`;
    const returns = returnsOf(book, series, PERCENT);
    if (returns === null) yield skip(name, 'series', absent(series));
    else if (init.startsWith('finite window')) {
      const count = Number(/last (\d+)/.exec(init)?.[1] ?? returns.length);
      const actual = windowVariance(returns, { decay: numberOf(row['lambda']), count });
      yield compare({
        name,
        field: 'next_variance',
        actual,
        expected: row['next_variance'],
        tolerance: TOLERANCE,
      });
    } else yield* runFilteredVariance(row, name, returns);
  }
}

function* runCovariance(json: Json, book: SeriesBook): Iterable<ConformCase> {
  for (const row of rowsOf(json['ewma_covariance'])) {
    const names = listOf(row['series']).map(textOf);
    const name = `ewma covariance ${names.join('+')} ${textOf(row['lambda'])}`;
    const missing = names.find((series) => returnsOf(book, series, PERCENT) === null);
    if (missing !== undefined) {
      yield skip(name, 'series', absent(missing));
      continue;
    }
    const series = names.map((key) => returnsOf(book, key, PERCENT)!);
    const first = secondMoments(series);
    const covariance = isFailure(first)
      ? first
      : ewmaCovariance(series, { decay: numberOf(row['lambda']), first });
    const correlation = isFailure(covariance) ? covariance : toCorrelation(covariance);
    const common = { name, tolerance: TOLERANCE };
    yield* compareEach(
      { ...common, field: 'covariance' },
      covariance,
      listOf(row['covariance']).flatMap(listOf),
    );
    yield* compareEach(
      { ...common, field: 'correlation' },
      correlation,
      listOf(row['correlation']).flatMap(listOf),
    );
  }
}

/** Estimators by their field, and whether the first bar of their window only lends its close. */
const RANGE: Readonly<Record<string, { estimator: RangeEstimator; bars: (n: number) => number }>> = {
  close: { estimator: 'close', bars: (n) => n },
  close_mean0: { estimator: 'close-mean0', bars: (n) => n },
  parkinson: { estimator: 'parkinson', bars: (n) => n },
  garman_klass: { estimator: 'garman-klass', bars: (n) => n },
  rogers_satchell: { estimator: 'rogers-satchell', bars: (n) => n },
  gk_yz: { estimator: 'garman-klass-overnight', bars: (n) => n + 1 },
  yang_zhang: { estimator: 'yang-zhang', bars: (n) => n + 1 },
};

function* runRange(json: Json): Iterable<ConformCase> {
  const row = objectOf(json['range_volatility']);
  const bars = listOf(row['ohlc']).map((bar): PriceBar => {
    const [open, high, low, close] = vectorOf(bar);
    return { open: open!, high: high!, low: low!, close: close! };
  });
  const days = numberOf(row['periods_per_year']);
  for (const [field, { estimator, bars: length }] of Object.entries(RANGE)) {
    for (const [at, expected] of listOf(row[field]).entries()) {
      const from = at + 1 - length(numberOf(row['n']));
      let actual: number | null | Failure = null;
      if (from >= 0) actual = rangeVariance(bars.slice(from, at + 1), estimator);
      if (typeof actual === 'number') actual = Math.sqrt(days * actual);
      yield compare({
        name: `range volatility ${field}`,
        field: `${at}`,
        actual,
        expected,
        tolerance: TOLERANCE,
      });
    }
  }
}

function* runFile(json: Json, input: ConformInput): Iterable<ConformCase> {
  const book = openSeries(input);
  yield* runLikelihoods(json, book);
  yield* runEwma(json, book);
  yield* runCovariance(json, book);
  yield* runDiagnostics(json, book);
  yield* runRange(json);
  yield* runFits(json, book);
}

const LISTS = {
  own: ['likelihood_at_fixed_parameters', 'ewma', 'ewma_covariance', 'diagnostics', 'range_volatility'],
  shared: ['fits'],
};

function* run(input: ConformInput): Iterable<ConformCase> {
  const found = objectsWith(input.files, LISTS);
  if (found.length === 0) yield fail('garch', 'file', 'no JSON file with a list of volatility cases');
  for (const json of found) yield* runFile(json, input);
}

/** Volatility dynamics. */
export const GARCH_SUITE: ConformSuite = {
  id: 'garch',
  about:
    'GARCH, GJR and EWMA likelihoods, filters, fits, diagnostics and range volatility against R and scipy.',
  run,
};
