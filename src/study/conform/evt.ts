import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { parseLevel } from '../../base/level.ts';
import { fitPareto, fitParetoByMoments } from '../../scenario/extreme-fit.ts';
import {
  excessesOver,
  hillTail,
  meanExcess,
  paretoTailRisk,
  weissmanQuantile,
} from '../../scenario/extreme.ts';
import type { ThresholdTail } from '../../scenario/extreme.ts';
import { filterByEwma } from '../../scenario/filtered.ts';
import { compare, fail, skip } from './compare.ts';
import { objectsWith, listOf, numberOf, objectOf, rowsOf, textOf, toleranceAfter } from './json.ts';
import type { Json } from './json.ts';
import { absent, lossesOf, openSeries, returnsOf } from './series.ts';
import type { SeriesBook } from './series.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';
import { firstVariance } from './var-es-filtered.ts';

type Tolerances = {
  readonly logLikelihood: number;
  readonly xi: number;
  readonly beta: number;
  readonly formula: number;
};

function tolerancesOf(json: Json): Tolerances {
  const text = objectOf(json['header'])['suggested_tolerance'];
  return {
    logLikelihood: toleranceAfter(text, 'loglik within', 1e-6),
    xi: toleranceAfter(text, 'xi absolute', 5e-4),
    beta: toleranceAfter(text, 'beta relative', 1e-3),
    formula: toleranceAfter(text, 'formula cases relative', 1e-10),
  };
}

/** Value at risk and shortfall at every level of a row; they move with xi and beta, so their tolerance is that of the fit. */
function* compareLevels(
  row: Json,
  { name, tail, tolerance }: { name: string; tail: ThresholdTail; tolerance: number },
): Iterable<ConformCase> {
  for (const [k, text] of listOf(row['levels']).entries()) {
    const level = parseLevel(textOf(text), 'levels');
    const risk = isFailure(level) ? level : paretoTailRisk(tail, level.tail);
    const common = { name, tolerance };
    const actual = isFailure(risk) ? risk : risk.valueAtRisk;
    yield compare({ ...common, field: `var@${textOf(text)}`, actual, expected: listOf(row['var'])[k] });
    const shortfall = isFailure(risk) ? risk : risk.expectedShortfall;
    yield compare({
      ...common,
      field: `es@${textOf(text)}`,
      actual: shortfall,
      expected: listOf(row['es'])[k],
    });
  }
}

function* runMoments(row: Json, name: string, excesses: Float64Array): Iterable<ConformCase> {
  const stated = objectOf(row['pwm']);
  if (!('xi' in stated)) return;
  const moments = fitParetoByMoments(excesses);
  for (const key of ['xi', 'beta'] as const) {
    const actual = isFailure(moments) ? moments : moments[key];
    yield compare({ name, field: `pwm.${key}`, actual, expected: stated[key], tolerance: 1e-9, scale: 1 });
  }
}

function* runFit(row: Json, book: SeriesBook, tolerances: Tolerances): Iterable<ConformCase> {
  const data = textOf(row['data']);
  const name = `gpd ${data} ${textOf(row['threshold'])}`;
  const losses = lossesOf(book, data);
  if (losses === null) return yield skip(name, 'data', absent(data.replace('_losses', '')));
  const threshold = numberOf(row['threshold']);
  const excesses = excessesOver(losses, threshold);
  const exact = { name, tolerance: tolerances.formula };
  yield compare({ ...exact, field: 'n', actual: losses.length, expected: row['n'] });
  yield compare({ ...exact, field: 'n_exceed', actual: excesses.length, expected: row['n_exceed'] });
  const share = excesses.length / losses.length;
  yield compare({
    ...exact,
    field: 'exceedance_probability',
    actual: share,
    expected: row['exceedance_probability'],
  });
  const excess = meanExcess(losses, threshold);
  const average = isFailure(excess) ? excess : excess.mean;
  yield compare({ ...exact, field: 'mean_excess', actual: average, expected: row['mean_excess'] });
  yield* runMoments(row, name, excesses);
  const fit = fitPareto(excesses);
  if (isFailure(fit)) return yield fail(name, 'fit', fit.failure);
  const { xi, beta, logLikelihood } = fit;
  const below = Math.min(logLikelihood, numberOf(row['loglik']));
  yield compare({
    name,
    field: 'loglik',
    actual: below,
    expected: row['loglik'],
    tolerance: tolerances.logLikelihood,
    scale: 1,
  });
  yield compare({ name, field: 'xi', actual: xi, expected: row['xi'], tolerance: tolerances.xi, scale: 1 });
  const relative = { name, tolerance: tolerances.beta };
  yield compare({ ...relative, field: 'beta', actual: beta, expected: row['beta'] });
  const errors = fit.standardErrors;
  yield compare({
    ...relative,
    field: 'se_xi_observed',
    actual: errors?.xi ?? null,
    expected: row['se_xi_observed'],
  });
  yield compare({
    ...relative,
    field: 'se_beta_observed',
    actual: errors?.beta ?? null,
    expected: row['se_beta_observed'],
  });
  const tail = { xi, beta, threshold, count: losses.length, exceedances: excesses.length };
  yield* compareLevels(row, { name, tail, tolerance: tolerances.beta });
}

function* runHill(json: Json, book: SeriesBook): Iterable<ConformCase> {
  for (const row of rowsOf(json['hill'])) {
    const data = textOf(row['data']);
    const name = `hill ${data} ${textOf(row['k'])}`;
    const losses = lossesOf(book, data);
    if (losses === null) {
      yield skip(name, 'data', absent(data.replace('_losses', '')));
      continue;
    }
    const tail = hillTail(losses, numberOf(row['k']));
    if (isFailure(tail)) {
      yield fail(name, 'k', tail.failure);
      continue;
    }
    const common = { name, tolerance: 1e-10 };
    yield compare({ ...common, field: 'xi_hill', actual: tail.xi, expected: row['xi_hill'] });
    yield compare({ ...common, field: 'alpha', actual: 1 / tail.xi, expected: row['alpha'] });
    const next = 'order_statistic_k_plus_1';
    yield compare({ ...common, field: next, actual: tail.threshold, expected: row[next] });
    for (const [field, expected] of Object.entries(row)) {
      const match = /^var_(\d+)_(\d+)_weissman$/.exec(field);
      const level = match === null ? null : parseLevel(`${match[1]}.${match[2]}`, field);
      if (level !== null && !isFailure(level))
        yield compare({ ...common, field, actual: weissmanQuantile(tail, level.tail), expected });
    }
  }
}

function* runMeanExcess(json: Json, book: SeriesBook): Iterable<ConformCase> {
  for (const row of rowsOf(json['mean_excess'])) {
    const data = textOf(row['data']);
    const name = `mean excess ${data} ${textOf(row['u'])}`;
    const losses = lossesOf(book, data);
    if (losses === null) {
      yield skip(name, 'data', absent(data.replace('_losses', '')));
      continue;
    }
    const excess = meanExcess(losses, numberOf(row['u']));
    const pick = (key: 'mean' | 'exceedances'): number | Failure =>
      isFailure(excess) ? excess : excess[key];
    yield compare({
      name,
      field: 'mean_excess',
      actual: pick('mean'),
      expected: row['mean_excess'],
      tolerance: 1e-10,
    });
    yield compare({ name, field: 'n', actual: pick('exceedances'), expected: row['n'], tolerance: 0 });
  }
}

function* runFormulas(json: Json, tolerance: number): Iterable<ConformCase> {
  for (const row of rowsOf(json['formula'])) {
    const name = `formula xi ${textOf(row['xi'])} ${textOf(row['confidence'])}`;
    const level = parseLevel(textOf(row['confidence']), 'confidence');
    const tail: ThresholdTail = {
      xi: numberOf(row['xi']),
      beta: numberOf(row['beta']),
      threshold: numberOf(row['u']),
      count: numberOf(row['n']),
      exceedances: numberOf(row['n_exceed']),
    };
    const risk = isFailure(level) ? level : paretoTailRisk(tail, level.tail);
    const actual = isFailure(risk) ? risk : risk.valueAtRisk;
    yield compare({ name, field: 'var', actual, expected: row['var'], tolerance });
    const shortfall = isFailure(risk) ? risk : risk.expectedShortfall;
    yield compare({ name, field: 'es', actual: shortfall, expected: row['es'], tolerance });
  }
}

/** A tail fitted to standardised losses and scaled to today's volatility (McNeil and Frey 2000). */
function* runConditional(json: Json, book: SeriesBook, tolerances: Tolerances): Iterable<ConformCase> {
  const row = objectOf(json['conditional']);
  if (!('series' in row)) return;
  const series = textOf(row['series']);
  const name = `conditional ${series}`;
  const returns = returnsOf(book, series);
  if (returns === null) return yield skip(name, 'series', absent(series));
  const first = firstVariance(row['init'], returns) ?? Number.NaN;
  const filtered = filterByEwma(returns, { decay: numberOf(row['lambda']), first });
  if (isFailure(filtered)) return yield fail(name, 'filter', filtered.failure);
  const losses = filtered.standardised.slice(numberOf(row['burn_in_dropped'])).map((z) => -z);
  const used = numberOf(row['k']);
  const threshold = Float64Array.from(losses).sort()[losses.length - 1 - used] ?? Number.NaN;
  const fit = fitPareto(excessesOver(losses, threshold));
  if (isFailure(fit)) return yield fail(name, 'fit', fit.failure);
  yield compare({ name, field: 'n', actual: losses.length, expected: row['n'], tolerance: 0 });
  yield compare({ name, field: 'threshold', actual: threshold, expected: row['threshold'], tolerance: 1e-9 });
  yield compare({
    name,
    field: 'next_sigma',
    actual: filtered.sigmaNext,
    expected: row['next_sigma'],
    tolerance: 1e-9,
  });
  yield compare({
    name,
    field: 'xi',
    actual: fit.xi,
    expected: row['xi'],
    tolerance: tolerances.xi,
    scale: 1,
  });
  yield compare({ name, field: 'beta', actual: fit.beta, expected: row['beta'], tolerance: tolerances.beta });
  const tail = { ...fit, threshold, count: losses.length, exceedances: used };
  const inZ = { levels: row['levels'], var: row['z_var'], es: row['z_es'] };
  yield* compareLevels(inZ, { name: `${name} standardised`, tail, tolerance: tolerances.beta });
  const sigma = filtered.sigmaNext;
  const scaled = { ...tail, threshold: sigma * threshold, beta: sigma * fit.beta };
  yield* compareLevels(row, { name, tail: scaled, tolerance: tolerances.beta });
}

function* runFile(json: Json, input: ConformInput): Iterable<ConformCase> {
  const book = openSeries(input);
  const tolerances = tolerancesOf(json);
  for (const row of rowsOf(json['fits'])) yield* runFit(row, book, tolerances);
  yield* runHill(json, book);
  yield* runMeanExcess(json, book);
  yield* runFormulas(json, tolerances.formula);
  yield* runConditional(json, book, tolerances);
}

const LISTS = {
  own: ['hill', 'mean_excess', 'formula', 'conditional'],
  shared: ['fits'],
};

function* run(input: ConformInput): Iterable<ConformCase> {
  const found = objectsWith(input.files, LISTS);
  if (found.length === 0) yield fail('evt', 'file', 'no JSON file with a list of extreme value cases');
  for (const json of found) yield* runFile(json, input);
}

/** Extreme value tails. */
export const EVT_SUITE: ConformSuite = {
  id: 'evt',
  about: 'Generalised Pareto fits, Hill and Weissman estimates and mean excesses against R and scipy.',
  run,
};
