import { isFailure } from '../../base/failure.ts';
import { cholesky } from '../../base/matrix.ts';
import {
  fitTCopula,
  kendallCorrelation,
  pseudoObservations,
  tCopulaLogLikelihood,
} from '../../scenario/copula-fit.ts';
import { sampleCorrelation } from '../../scenario/correlation.ts';
import { kendallTau, spearmanRho } from '../../scenario/rank-correlation.ts';
import { compare, compareEach, fail, skip } from './compare.ts';
import { listOf, numberOf, objectOf, textOf } from './json.ts';
import type { Json } from './json.ts';
import { absent, returnsOf } from './series.ts';
import type { SeriesBook } from './series.ts';
import type { ConformCase } from './suite.ts';

const NAME = 'empirical';
const TOLERANCE = 1e-9;

/** The fit is compared as loosely as a flat likelihood asks; the likelihood itself closely. */
function* runPseudoMaximum(row: Json, series: readonly Float64Array[]): Iterable<ConformCase> {
  const stated = objectOf(row['t_copula_nu_pseudo_ml']);
  const fit = fitTCopula(series);
  if (isFailure(fit)) return yield fail(NAME, 't_copula_nu_pseudo_ml', fit.failure);
  const lower = cholesky(fit.correlation, series.length);
  if (isFailure(lower)) return yield fail(NAME, 't_copula_rho_from_tau', lower.failure);
  const below = Math.min(fit.logLikelihood, numberOf(stated['loglik']));
  yield compare({
    name: NAME,
    field: 'loglik',
    actual: below,
    expected: stated['loglik'],
    tolerance: 1e-6,
    scale: 1,
  });
  yield compare({ name: NAME, field: 'nu', actual: fit.nu, expected: stated['nu'], tolerance: 1e-3 });
  const observations = pseudoObservations(series);
  for (const [nu, expected] of Object.entries(objectOf(stated['loglik_at']))) {
    const actual = tCopulaLogLikelihood(observations, lower, Number(nu));
    yield compare({ name: NAME, field: `loglik_at.${nu}`, actual, expected, tolerance: TOLERANCE });
  }
}

/** Rank and product-moment correlations of real series and the t copula fitted to them. */
export function* runEmpirical(json: Json, book: SeriesBook): Iterable<ConformCase> {
  const row = objectOf(json['empirical']);
  const names = listOf(row['series']).map(textOf);
  if (names.length === 0) return;
  const missing = names.find((series) => returnsOf(book, series) === null);
  if (missing !== undefined) return yield skip(NAME, 'series', absent(missing));
  const series = names.map((name) => returnsOf(book, name)!);
  const measures = {
    pearson: sampleCorrelation,
    kendall_tau_b: kendallTau,
    spearman: spearmanRho,
    t_copula_rho_from_tau: kendallCorrelation,
  };
  for (const [field, measure] of Object.entries(measures)) {
    const stated = listOf(row[field]).flatMap(listOf);
    yield* compareEach({ name: NAME, field, tolerance: TOLERANCE, scale: 1 }, measure(series), stated);
  }
  yield* runPseudoMaximum(row, series);
}
