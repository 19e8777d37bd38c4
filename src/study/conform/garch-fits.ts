import { isFailure } from '../../base/failure.ts';
import {
  forecastVariances,
  garchPersistence,
  garchVariances,
  logLikelihoodOf,
} from '../../scenario/garch.ts';
import type { GarchInit, GarchModel } from '../../scenario/garch.ts';
import { fitGarch, garchStandardErrors } from '../../scenario/garch-fit.ts';
import type { GarchFit, GarchSpec } from '../../scenario/garch-fit.ts';
import { compare, compareEach, fail, skip, toStated } from './compare.ts';
import { listOf, numberOf, objectOf, rowsOf, textOf, toleranceAfter } from './json.ts';
import type { Json } from './json.ts';
import { absent, returnsOf } from './series.ts';
import type { SeriesBook } from './series.ts';
import type { ConformCase } from './suite.ts';

/** Series of closes are 100 × log returns here. */
const PERCENT = 100;

function initOf(init: unknown): GarchInit {
  if (typeof init === 'number') return init;
  return textOf(init) === 'sample' ? 'sample' : 'presample';
}

function modelOf(params: Json): GarchModel {
  const read = (key: string): number => toStated(params[key]) ?? 0;
  return {
    mu: read('mu'),
    omega: read('omega'),
    alpha: read('alpha'),
    beta: read('beta'),
    gamma: read('gamma'),
    nu: toStated(params['nu']),
  };
}

/** Log-likelihoods and variance paths of models that the file states. */
export function* runLikelihoods(json: Json, book: SeriesBook): Iterable<ConformCase> {
  const tolerance = toleranceAfter(
    objectOf(json['header'])['suggested_tolerance'],
    'likelihood_at_fixed_parameters: relative',
    1e-10,
  );
  for (const row of rowsOf(json['likelihood_at_fixed_parameters'])) {
    const series = textOf(row['series']);
    const params = objectOf(row['params']);
    const name = `likelihood ${series} ${textOf(row['init'])} ${Object.values(params).join(' ')}`;
    const returns = returnsOf(book, series, PERCENT);
    const model = modelOf(params);
    const variances = returns === null ? null : garchVariances(returns, model, initOf(row['init']));
    if (returns === null || variances === null) yield skip(name, 'series', absent(series));
    else if (isFailure(variances)) yield fail(name, 'params', variances.failure);
    else {
      const common = { name, tolerance };
      const actual = logLikelihoodOf(returns, variances, model);
      yield compare({ ...common, field: 'loglik', actual, expected: row['loglik'] });
      yield compare({
        ...common,
        field: 'first_variance',
        actual: variances[0]!,
        expected: row['first_variance'],
      });
      const next = variances[returns.length]!;
      yield compare({ ...common, field: 'next_variance', actual: next, expected: row['next_variance'] });
      for (const [at, expected] of Object.entries(objectOf(row['variance_at'])))
        yield compare({
          ...common,
          field: `variance_at.${at}`,
          actual: variances[Number(at)] ?? null,
          expected,
        });
    }
  }
}

type Tolerances = { readonly logLikelihood: number; readonly variance: number; readonly parameters: number };

function tolerancesOf(json: Json): Tolerances {
  const text = objectOf(json['header'])['suggested_tolerance'];
  return {
    logLikelihood: toleranceAfter(text, 'loglik within', 1e-3),
    variance: toleranceAfter(text, 'next_variance relative', 2e-3),
    parameters: toleranceAfter(text, 'parameters relative', 1e-2),
  };
}

function specOf(row: Json): GarchSpec {
  return {
    law: textOf(row['distribution']) === 'normal' ? 'normal' : 'student-t',
    leverage: textOf(row['model']).startsWith('GJR') ? 'asymmetric' : 'symmetric',
    persistence: textOf(row['stationarity']).startsWith('none') ? 'free' : 'stationary',
    init: initOf(row['init']),
  };
}

/** One series under one specification, fitted. */
type Fitted = {
  readonly name: string;
  readonly returns: Float64Array;
  readonly spec: GarchSpec;
  readonly fit: GarchFit;
};

/** The log-likelihood may be above the file's (a better maximum) but not below. */
function* compareFit(
  row: Json,
  { name, returns, spec, fit }: Fitted,
  tolerances: Tolerances,
): Iterable<ConformCase> {
  const actual = Math.min(fit.logLikelihood, numberOf(row['loglik']));
  const likelihood = { name, field: 'loglik', tolerance: tolerances.logLikelihood, scale: 1 };
  yield compare({ ...likelihood, actual, expected: row['loglik'] });
  const variances = garchVariances(returns, fit.model, spec.init);
  if (isFailure(variances)) return yield fail(name, 'params', variances.failure);
  const close = { name, tolerance: tolerances.variance };
  const first = variances[0]!;
  yield compare({ ...close, field: 'first_variance', actual: first, expected: row['first_variance'] });
  const next = variances[returns.length]!;
  yield compare({ ...close, field: 'next_variance', actual: next, expected: row['next_variance'] });
  const path = listOf(row['forecast_variance_1_to_10']);
  const forecast = forecastVariances(fit.model, next, path.length);
  yield* compareEach({ ...close, field: 'forecast_variance_1_to_10' }, forecast, path);
  if (path.length === 0) return;
  const sum = forecast.reduce((total, h) => total + h, 0);
  const field = 'forecast_variance_sum_10';
  yield compare({ ...close, field, actual: sum, expected: row[field] });
}

/** Parameters, which are not compared where the reference lies on the stationarity bound. */
function* compareParameters(row: Json, { name, fit }: Fitted, tolerance: number): Iterable<ConformCase> {
  if (row['at_stationarity_bound'] === true) {
    const reason =
      'the reference lies on the stationarity bound, where software differs by the bound it uses';
    return yield skip(name, 'params', reason);
  }
  for (const [key, expected] of Object.entries(objectOf(row['params']))) {
    const actual = fit.model[key as keyof GarchModel] ?? null;
    yield compare({ name, tolerance, field: `params.${key}`, actual, expected });
  }
  const persistence = { name, tolerance, field: 'persistence' };
  yield compare({ ...persistence, actual: garchPersistence(fit.model), expected: row['persistence'] });
  const field = 'unconditional_variance';
  if (field in row)
    yield compare({ name, tolerance, field, actual: fit.longRunVariance, expected: row[field] });
}

function* compareErrors(
  row: Json,
  { name, returns, spec, fit }: Fitted,
  tolerances: Tolerances,
): Iterable<ConformCase> {
  const stated = Object.entries(objectOf(row['hessian_se']));
  if (stated.length === 0) return;
  const errors = garchStandardErrors(returns, fit.model, spec);
  for (const [key, expected] of stated) {
    const actual = isFailure(errors) ? errors : (errors[key as keyof GarchModel] ?? null);
    yield compare({ name, field: `hessian_se.${key}`, actual, expected, tolerance: tolerances.parameters });
  }
}

/** Maximum likelihood fits. */
export function* runFits(json: Json, book: SeriesBook): Iterable<ConformCase> {
  const tolerances = tolerancesOf(json);
  for (const row of rowsOf(json['fits'])) {
    const series = textOf(row['series']);
    const words = ['model', 'distribution', 'init', 'stationarity'].map((key) => textOf(row[key]));
    const name = `fit ${series} ${words.join(' ')}`;
    const returns = returnsOf(book, series, PERCENT);
    if (returns === null) {
      yield skip(name, 'series', absent(series));
      continue;
    }
    const spec = specOf(row);
    const fit = fitGarch(returns, spec);
    if (isFailure(fit)) yield fail(name, 'fit', fit.failure);
    else {
      const fitted = { name, returns, spec, fit };
      yield* compareFit(row, fitted, tolerances);
      yield* compareParameters(row, fitted, tolerances.parameters);
      yield* compareErrors(row, fitted, tolerances);
    }
  }
}
