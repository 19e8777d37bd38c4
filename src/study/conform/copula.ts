import { isFailure } from '../../base/failure.ts';
import type { Failure } from '../../base/failure.ts';
import { cholesky, nearestCorrelation, symmetricEigen } from '../../base/matrix.ts';
import { clipCorrelation } from '../../scenario/correlation.ts';
import {
  copulaCdf,
  copulaDensity,
  gaussianSpearman,
  kendallOfRho,
  tailDependence,
} from '../../scenario/copula.ts';
import { compare, compareEach, fail, toStated } from './compare.ts';
import { runEmpirical } from './copula-empirical.ts';
import { runGenerators } from './copula-generator.ts';
import {
  objectsWith,
  listOf,
  matrixOf,
  numberOf,
  objectOf,
  rowsOf,
  textOf,
  toleranceAfter,
  vectorOf,
} from './json.ts';
import type { Json } from './json.ts';
import { openSeries } from './series.ts';
import type { ConformCase, ConformInput, ConformSuite } from './suite.ts';

type Tolerances = {
  readonly tailDependence: number;
  readonly cholesky: number;
  readonly nearest: number;
  readonly cdf: number;
};

function tolerancesOf(json: Json): Tolerances {
  const text = objectOf(json['header'])['suggested_tolerance'];
  return {
    tailDependence: toleranceAfter(text, 'tail dependence', 1e-10),
    cholesky: toleranceAfter(text, 'Cholesky', 1e-12),
    nearest: toleranceAfter(text, 'nearest', 1e-8),
    cdf: toleranceAfter(text, 't copula cdf', 1e-8),
  };
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!);
  return Math.sqrt(sum);
}

function eigenvalues(matrix: Float64Array, n: number): Float64Array | Failure {
  const eigen = symmetricEigen(matrix, n);
  return isFailure(eigen) ? eigen : Float64Array.from(eigen.values).sort();
}

function* runNearest(row: Json, tolerance: number): Iterable<ConformCase> {
  const name = `nearest ${textOf(row['name'])}`;
  const n = listOf(row['input']).length;
  const input = matrixOf(row['input']);
  const common = { name, tolerance, scale: 1 };
  const before = eigenvalues(input, n);
  yield* compareEach({ ...common, field: 'eigenvalues_input' }, before, listOf(row['eigenvalues_input']));
  const nearest = nearestCorrelation(input, { n, floor: 0 });
  if (isFailure(nearest)) return yield fail(name, 'nearest', nearest.failure);
  yield* compareEach({ ...common, field: 'nearest' }, nearest, listOf(row['nearest']).flatMap(listOf));
  const away = distance(input, nearest);
  yield compare({
    ...common,
    field: 'frobenius_distance',
    actual: away,
    expected: row['frobenius_distance'],
  });
  const after = eigenvalues(nearest, n);
  yield* compareEach({ ...common, field: 'eigenvalues_nearest' }, after, listOf(row['eigenvalues_nearest']));
  const published = objectOf(row['published']);
  const rounded = { name, tolerance: 5.1e-5, scale: 1, field: 'published.matrix_4dp' };
  yield* compareEach(rounded, nearest, listOf(published['matrix_4dp']).flatMap(listOf));
  if ('distance' in published)
    yield compare({
      name,
      tolerance: 5.1e-3,
      scale: 1,
      field: 'published.distance',
      actual: away,
      expected: published['distance'],
    });
  if (!('eigenvalue_clipping' in row)) return;
  const clipped = clipCorrelation(input, n);
  yield* compareEach(
    { ...common, field: 'eigenvalue_clipping' },
    clipped,
    listOf(row['eigenvalue_clipping']).flatMap(listOf),
  );
  const actual = isFailure(clipped) ? clipped : distance(input, clipped);
  yield compare({ ...common, field: 'clipping_distance', actual, expected: row['clipping_distance'] });
}

function* runCholesky(row: Json, tolerance: number): Iterable<ConformCase> {
  const name = `cholesky ${textOf(row['name'])}`;
  const n = listOf(row['matrix']).length;
  const matrix = matrixOf(row['matrix']);
  const lower = cholesky(matrix, n);
  const common = { name, tolerance, scale: 1 };
  yield* compareEach({ ...common, field: 'lower' }, lower, listOf(row['lower']).flatMap(listOf));
  if (isFailure(lower)) return;
  let determinant = 1;
  for (let i = 0; i < n; i++) determinant *= lower[i * n + i]! * lower[i * n + i]!;
  yield compare({ ...common, field: 'determinant', actual: determinant, expected: row['determinant'] });
  const values = eigenvalues(matrix, n);
  if (isFailure(values)) return yield fail(name, 'eigenvalues', values.failure);
  yield* compareEach({ ...common, field: 'eigenvalues' }, values, listOf(row['eigenvalues']));
  // The condition number multiplies what rounding leaves of the smallest eigenvalue.
  const condition = values[n - 1]! / values[0]!;
  const loose = { name, tolerance: tolerance * Math.max(condition, 1) };
  yield compare({ ...loose, field: 'condition_2', actual: condition, expected: row['condition_2'] });
}

function* runTailDependence(json: Json, tolerance: number): Iterable<ConformCase> {
  for (const row of rowsOf(json['tail_dependence'])) {
    const rho = numberOf(row['rho']);
    const name = `tail dependence nu ${textOf(row['nu'])} rho ${textOf(row['rho'])}`;
    const common = { name, tolerance };
    const lambda = tailDependence({ rho, nu: toStated(row['nu']) });
    yield compare({ ...common, field: 'lambda', actual: lambda, expected: row['lambda'] });
    yield compare({
      ...common,
      field: 'kendall_tau',
      actual: kendallOfRho(rho),
      expected: row['kendall_tau'],
    });
    const spearman = gaussianSpearman(rho);
    yield compare({
      ...common,
      field: 'gaussian_spearman',
      actual: spearman,
      expected: row['gaussian_spearman'],
    });
  }
  const table = objectOf(json['tail_dependence_published']);
  const rhos = vectorOf(table['rho']);
  for (const [i, nu] of vectorOf(table['nu']).entries()) {
    const own = rhos.map((rho) => {
      const lambda = tailDependence({ rho, nu });
      return isFailure(lambda) ? Number.NaN : lambda;
    });
    const name = `published tail dependence nu ${nu}`;
    yield* compareEach({ name, field: 'recomputed', tolerance }, own, listOf(listOf(table['recomputed'])[i]));
    const rounded = listOf(objectOf(table['published'])[String(nu)]);
    yield* compareEach({ name, field: 'published', tolerance: 0.0051, scale: 1 }, own, rounded);
  }
}

function* runPairs(json: Json, tolerance: number): Iterable<ConformCase> {
  for (const row of rowsOf(json['bivariate_copula'])) {
    const [rho, u, v] = [numberOf(row['rho']), numberOf(row['u']), numberOf(row['v'])];
    const nu = toStated(row['nu']);
    const name = `copula nu ${nu} rho ${rho} at ${u}, ${v}`;
    const t = copulaCdf({ rho, nu }, u, v);
    const gaussian = copulaCdf({ rho, nu: null }, u, v);
    const actuals: Readonly<Record<string, number | Failure>> = {
      t_copula_cdf: t,
      r_t: t,
      gaussian_copula_cdf: gaussian,
      r_gauss: gaussian,
      t_copula_density: copulaDensity({ rho, nu }, u, v),
      gaussian_copula_density: copulaDensity({ rho, nu: null }, u, v),
      joint_exceedance_ratio_t_over_gauss: isFailure(t) || isFailure(gaussian) ? Number.NaN : t / gaussian,
    };
    for (const [field, actual] of Object.entries(actuals))
      if (field in row) yield compare({ name, field, actual, expected: row[field], tolerance });
  }
}

function* runFile(json: Json, input: ConformInput): Iterable<ConformCase> {
  const tolerances = tolerancesOf(json);
  for (const row of rowsOf(json['nearest_correlation'])) yield* runNearest(row, tolerances.nearest);
  for (const row of rowsOf(json['cholesky'])) yield* runCholesky(row, tolerances.cholesky);
  yield* runTailDependence(json, tolerances.tailDependence);
  yield* runPairs(json, tolerances.cdf);
  yield* runEmpirical(json, openSeries(input));
  yield* runGenerators(json, tolerances.cdf);
}

const LISTS = {
  own: [
    'tail_dependence',
    'bivariate_copula',
    'nearest_correlation',
    'cholesky',
    'empirical',
    'generator_targets',
  ],
  shared: [],
};

function* run(input: ConformInput): Iterable<ConformCase> {
  const found = objectsWith(input.files, LISTS);
  if (found.length === 0) yield fail('copula', 'file', 'no JSON file with a list of copula cases');
  for (const json of found) yield* runFile(json, input);
}

/** Dependence. */
export const COPULA_SUITE: ConformSuite = {
  id: 'copula',
  about:
    'Copulas, correlation repair, rank correlations and generator statistics against R, scipy and mpmath.',
  run,
};
