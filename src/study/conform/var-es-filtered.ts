import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { parseLevel } from '../../base/level.ts';
import { mean, meanSquare, moments } from '../../base/moments.ts';
import { expectedShortfallBy, valueAtRiskBy } from '../../margin/tail-quantiles.ts';
import { filterByEwma } from '../../scenario/filtered.ts';
import type { FilteredSeries } from '../../scenario/filtered.ts';
import { compare, fail, skip } from './compare.ts';
import { listOf, numberOf, objectOf, rowsOf, textOf } from './json.ts';
import type { Json } from './json.ts';
import { absent, returnsOf } from './series.ts';
import type { SeriesBook } from './series.ts';
import type { ConformCase } from './suite.ts';

const TOLERANCE = 1e-9;

/** The first variance that a convention names: `first_square`, `mean_square_all`, `mean_square_first_20`, a number; null if unknown. */
export function firstVariance(init: unknown, returns: Float64Array): number | null {
  if (typeof init === 'number') return init;
  const text = textOf(init);
  if (text === 'first_square') return returns[0]! * returns[0]!;
  if (text === 'mean_square_all') return meanSquare(returns);
  const match = /^mean_square_first_(\d+)$/.exec(text);
  return match === null ? null : meanSquare(returns, Number(match[1]));
}

type Tail = { readonly field: string; readonly pnl: Float64Array };

/** One measure at every level of a row. */
function* compareLevels(row: Json, name: string, { field, pnl }: Tail): Iterable<ConformCase> {
  const levels = listOf(row['levels']);
  for (const [k, expected] of listOf(row[field]).entries()) {
    const level = parseLevel(textOf(levels[k]), 'levels');
    let actual: number | Failure = level as Failure;
    if (!isFailure(level)) {
      if (field.includes('es_acerbi')) actual = expectedShortfallBy(pnl, level, 'acerbi');
      else actual = valueAtRiskBy(pnl, level, field.endsWith('type7') ? 'loss-type-7' : 'loss-type-1');
    }
    yield compare({ name, field: `${field}@${textOf(levels[k])}`, actual, expected, tolerance: TOLERANCE });
  }
}

function* compareVariances(row: Json, name: string, series: FilteredSeries): Iterable<ConformCase> {
  const n = series.standardised.length;
  const common = { name, tolerance: TOLERANCE };
  yield compare({ ...common, field: 'n', actual: n, expected: row['n'] });
  yield compare({
    ...common,
    field: 'next_variance',
    actual: series.variances[n]!,
    expected: row['next_variance'],
  });
  yield compare({ ...common, field: 'next_sigma', actual: series.sigmaNext, expected: row['next_sigma'] });
  for (const [at, expected] of Object.entries(objectOf(row['variance_at'])))
    yield compare({
      ...common,
      field: `variance_at.${at}`,
      actual: series.variances[Number(at)] ?? null,
      expected,
    });
}

/** The last outcomes that a row's window keeps: all, or as many as the number in it. */
function windowed(values: Float64Array, window: string): Float64Array {
  const match = /\d+/.exec(window);
  return match === null ? values : values.slice(-Number(match[0]));
}

/**
 * Figures that describe a row rather than measure its risk. For a row with a window the file does not say whether they describe the
 * window or the whole series: the nearer is compared.
 */
function* compareDescriptions(row: Json, name: string, series: FilteredSeries): Iterable<ConformCase> {
  const all = series.standardised;
  const part = windowed(all, textOf(row['window']));
  const sdOf = (z: Float64Array): number => Math.sqrt((moments(z).variance * z.length) / (z.length - 1));
  const fields = { standardised_mean: mean, standardised_sd_n_minus_1: sdOf };
  for (const [field, measure] of Object.entries(fields)) {
    if (!(field in row)) continue;
    const expected = numberOf(row[field]);
    const [a, b] = [measure(part), measure(all)];
    const actual = Math.abs(b - expected) < Math.abs(a - expected) ? b : a;
    yield compare({ name, field, actual, expected, tolerance: TOLERANCE });
  }
}

function* runSingle(row: Json, book: SeriesBook): Iterable<ConformCase> {
  const series = textOf(row['series']);
  const window = textOf(row['window']);
  const name = `fhs ${series} ${textOf(row['lambda'])} ${textOf(row['init'])} ${window}`;
  const returns = returnsOf(book, series);
  if (returns === null) return yield skip(name, 'series', absent(series));
  const named = firstVariance(row['init'], returns);
  const first = named ?? numberOf(row['init_variance']);
  const filtered = filterByEwma(returns, { decay: numberOf(row['lambda']), first });
  if (isFailure(filtered)) return yield fail(name, 'filter', filtered.failure);
  if (named !== null)
    yield compare({
      name,
      field: 'init_variance',
      actual: named,
      expected: row['init_variance'],
      tolerance: TOLERANCE,
    });
  yield* compareVariances(row, name, filtered);
  yield* compareDescriptions(row, name, filtered);
  const scenarios = windowed(filtered.scenarios, window);
  const plain = windowed(returns, window);
  for (const field of ['var_type1', 'var_type7', 'es_acerbi'])
    yield* compareLevels(row, name, { field, pnl: scenarios });
  for (const field of ['unfiltered_var_type1', 'unfiltered_es_acerbi'])
    yield* compareLevels(row, name, { field, pnl: plain });
}

function* runPortfolio(row: Json, book: SeriesBook): Iterable<ConformCase> {
  const exposures = Object.entries(objectOf(row['exposures']));
  const name = `fhs portfolio ${exposures.map(([key]) => key).join('+')} ${textOf(row['lambda'])}`;
  let pnl: Float64Array | null = null;
  for (const [key, exposure] of exposures) {
    const returns = returnsOf(book, key);
    if (returns === null) return yield skip(name, 'series', absent(key));
    const first = firstVariance(row['init'], returns) ?? Number.NaN;
    const filtered = filterByEwma(returns, { decay: numberOf(row['lambda']), first });
    if (isFailure(filtered)) return yield fail(name, key, filtered.failure);
    const expected = objectOf(row['next_sigma'])[key];
    yield compare({
      name,
      field: `next_sigma.${key}`,
      actual: filtered.sigmaNext,
      expected,
      tolerance: TOLERANCE,
    });
    const own = filtered.scenarios.map((x) => numberOf(exposure) * x);
    pnl = pnl === null ? own : pnl.map((x, s) => x + own[s]!);
  }
  if (pnl === null) return;
  for (const field of ['var_type1', 'var_type7', 'es_acerbi'])
    yield* compareLevels(row, name, { field, pnl });
}

/** Filtered historical simulation of single series and of portfolios. */
export function* runFiltered(json: Json, book: SeriesBook): Iterable<ConformCase> {
  for (const row of rowsOf(json['fhs'])) yield* runSingle(row, book);
  for (const row of rowsOf(json['fhs_portfolio'])) yield* runPortfolio(row, book);
}
