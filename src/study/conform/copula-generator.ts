import { studentTQuantile } from '../../base/distribution.ts';
import { isFailure } from '../../base/failure.ts';
import { parseLevel } from '../../base/level.ts';
import type { Level } from '../../base/level.ts';
import { meanSquare } from '../../base/moments.ts';
import { makeUniform } from '../../base/random.ts';
import { parametricTail } from '../../margin/tail-parametric.ts';
import { expectedShortfall, valueAtRisk } from '../../margin/tail.ts';
import { drawVariates } from '../../scenario/copula-draw.ts';
import { copulaCdf, kendallOfRho, tailDependence } from '../../scenario/copula.ts';
import { kendallTau } from '../../scenario/rank-correlation.ts';
import { compare, fail, toStated } from './compare.ts';
import { numberOf, rowsOf, textOf } from './json.ts';
import type { Json } from './json.ts';
import type { ConformCase } from './suite.ts';

const SEED = 20_260_101;
const DRAWS = 100_000;
/** Pairs grow with the square. */
const DRAWS_FOR_TAU = 4_000;
const STANDARD_ERRORS = 4;

/** Marginals of unit variance with `nu` degrees of freedom, joined by a t copula of the same. */
type Target = { readonly nu: number; readonly rho: number; readonly name: string };

function scaleOf({ nu }: Target): number {
  return Math.sqrt((nu - 2) / nu);
}

/** 99 in `sum_of_two_var_99`, 0.05 in `prob_both_below_0.05`. */
function numberIn(field: string): number {
  return Number(/[\d.]+$/.exec(field)?.[0]);
}

/** 0.99 of `sum_of_two_var_99`; null for a field that names no level. */
function levelIn(field: string): Level | null {
  const digits = /^sum_of_two_(?:var|es)_(\d+)$/.exec(field)?.[1];
  const level = digits === undefined ? null : parseLevel(`0.${digits}`, field);
  return level === null || isFailure(level) ? null : level;
}

/** What the law says, in closed form. */
function exactly(field: string, target: Target): number | null {
  const { nu, rho } = target;
  if (field === 'correlation') return rho;
  if (field === 'marginal_variance') return 1;
  if (field === 'marginal_excess_kurtosis') return nu > 4 ? 6 / (nu - 4) : Number.POSITIVE_INFINITY;
  if (field === 'kendall_tau') return kendallOfRho(rho);
  const p = numberIn(field);
  if (field.startsWith('marginal_quantile_')) return scaleOf(target) * studentTQuantile(p, nu);
  if (field.startsWith('prob_both_below_')) return numberOf(copulaCdf({ rho, nu }, p, p));
  if (field === 'tail_dependence') return numberOf(tailDependence({ rho, nu }));
  const level = levelIn(field);
  if (level === null) return null;
  const sd = Math.sqrt(2 + 2 * rho);
  const risk = parametricTail({ mean: 0, sd }, { kind: 'student-t', degreesOfFreedom: nu }, level);
  if (isFailure(risk)) return null;
  return field.includes('_var_') ? risk.valueAtRisk : risk.expectedShortfall;
}

type Draws = { readonly x: Float64Array; readonly y: Float64Array };

function drawAll(target: Target): Draws {
  const { nu, rho } = target;
  const lower = Float64Array.of(1, 0, rho, Math.sqrt((1 - rho) * (1 + rho)));
  const draw = makeUniform(SEED);
  const x = new Float64Array(DRAWS);
  const y = new Float64Array(DRAWS);
  const pair = new Float64Array(2);
  const scale = scaleOf(target);
  for (let s = 0; s < DRAWS; s++) {
    drawVariates({ lower, nu }, draw, pair);
    x[s] = scale * pair[0]!;
    y[s] = scale * pair[1]!;
  }
  return { x, y };
}

/** Share of draws with both below their own p-quantile, and its standard error. */
function shareBelow({ x, y }: Draws, target: Target, p: number): { value: number; error: number } {
  const quantile = scaleOf(target) * studentTQuantile(p, target.nu);
  let count = 0;
  for (let s = 0; s < DRAWS; s++) if (x[s]! <= quantile && y[s]! <= quantile) count++;
  const expected = numberOf(copulaCdf({ rho: target.rho, nu: target.nu }, p, p));
  return { value: count / DRAWS, error: Math.sqrt((expected * (1 - expected)) / DRAWS) };
}

/** Share of draws of the sum at or below minus its value at risk: the level itself, whatever the tail's thickness. */
function shareBeyond({ x, y }: Draws, threshold: number, p: number): { value: number; error: number } {
  let count = 0;
  for (let s = 0; s < DRAWS; s++) if (x[s]! + y[s]! <= -threshold) count++;
  return { value: count / DRAWS, error: Math.sqrt((p * (1 - p)) / DRAWS) };
}

/** What a seeded simulation gives, accepted within four standard errors. */
function* runSimulation(row: Json, target: Target): Iterable<ConformCase> {
  const draws = drawAll(target);
  const accept = (
    field: string,
    expected: number,
    { value, error }: { value: number; error: number },
  ): ConformCase =>
    compare({
      name: `${target.name} simulated`,
      field,
      actual: value,
      expected,
      tolerance: STANDARD_ERRORS,
      scale: error,
    });
  for (const field of Object.keys(row)) {
    const stated = numberOf(row[field]);
    if (field.startsWith('prob_both_below_'))
      yield accept(field, stated, shareBelow(draws, target, numberIn(field)));
    const level = field.includes('_var_') ? levelIn(field) : null;
    if (level !== null) yield accept(field, level.tail, shareBeyond(draws, stated, level.tail));
  }
  const first = [draws.x.slice(0, DRAWS_FOR_TAU), draws.y.slice(0, DRAWS_FOR_TAU)];
  const tau = kendallTau(first);
  const stated = numberOf(row['kendall_tau']);
  const error = ((2 / 3) * (1 - stated * stated) + 0.1) / Math.sqrt(DRAWS_FOR_TAU);
  yield accept('kendall_tau', stated, { value: isFailure(tau) ? Number.NaN : tau[1]!, error });
  yield* runTail(row, target, draws);
}

/** Quantiles, shortfalls and moments of fat tails, which have no usable standard error: within a tenth. */
function* runTail(row: Json, { name, nu }: Target, { x, y }: Draws): Iterable<ConformCase> {
  const sum = x.map((value, s) => value + y[s]!);
  const loose = { name: `${name} simulated within 10 %`, tolerance: 0.1 };
  for (const [field, expected] of Object.entries(row)) {
    const level = levelIn(field);
    if (level === null) continue;
    const measure = field.includes('_var_') ? valueAtRisk : expectedShortfall;
    yield compare({ ...loose, field, actual: measure(sum, level), expected });
  }
  if (nu > 4)
    yield compare({
      ...loose,
      field: 'marginal_variance',
      actual: meanSquare(x),
      expected: row['marginal_variance'],
    });
}

/** What a scenario generator with a t copula has to reproduce: in closed form, and by simulation from a fixed seed. */
export function* runGenerators(json: Json, tolerance: number): Iterable<ConformCase> {
  for (const row of rowsOf(json['generator_targets'])) {
    const nu = toStated(row['nu']);
    const rho = toStated(row['rho']);
    const name = `generator nu ${textOf(row['nu'])} rho ${textOf(row['rho'])}`;
    if (nu === null || rho === null || !(nu > 2)) {
      yield fail(name, 'nu', 'no law with a variance');
      continue;
    }
    const target = { nu, rho, name };
    for (const [field, expected] of Object.entries(row)) {
      if (['distribution', 'nu', 'rho', 'acceptance'].includes(field)) continue;
      const actual = exactly(field, target);
      if (actual !== null) yield compare({ name, field, actual, expected, tolerance });
    }
    yield* runSimulation(row, target);
  }
}
