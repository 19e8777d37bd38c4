import { chiSquareQuantile, studentTCdf, studentTQuantile } from '../../base/distribution.ts';
import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { cholesky, nearestCorrelation, shrink } from '../../base/matrix.ts';
import { normalQuantile } from '../../base/normal.ts';
import { makeRandom } from '../../base/random.ts';
import { ewmaCovariance, secondMoments, toCorrelation } from '../correlation.ts';
import { refuseSeed } from '../draws.ts';
import { changesAt, type FactorModel } from '../factors.ts';
import type { ScenarioSet } from '../set.ts';
import { type FilterSpec, refuseFilter, volatilityPath } from './filtered-set.ts';
import { stepsOfHorizon, toShock, windowsOf } from './windows.ts';

export type MonteCarloSpec = FilterSpec & {
  readonly horizonDays: number;
  /** Residuals and the long-run correlation come from this many days. */
  readonly lookbackDays: number;
  readonly count: number;
  readonly seed: number;
  /** Degrees of freedom of the copula, > 2: the smaller, the more factors jump together. */
  readonly copulaDf: number;
  /** Decay of the exponentially weighted correlation per step. */
  readonly correlationDecay: number;
  /** Weight in [0, 1] of the long-run correlation, towards which the weighted one is shrunk. */
  readonly shrinkFrac: number;
  /** Where a factor's size comes from: its own standardised past, or Student's t with `marginDf` degrees of freedom, > 2. */
  readonly margins: 'filtered-historical' | 'student-t';
  readonly marginDf: number;
};

/** Least eigenvalue of a correlation matrix that had to be repaired. */
const EIGENVALUE_MIN = 1e-8;
const COUNT_MAX = 1_000_000;

/** What the draws of all scenarios share. */
type Engine = {
  /** Places in the model of the factors that moved at all, and the Cholesky factor of their correlation. */
  readonly active: readonly number[];
  readonly lower: Float64Array;
  /** Per active factor: volatility of the horizon, and standardised returns ascending. */
  readonly sigmas: Float64Array;
  readonly residuals: readonly Float64Array[];
};

/**
 * Simulated joint moves (SCENARIO-022). Dependence: Student-t copula, correlation of standardised returns, exponentially weighted and shrunk
 * towards the long run, repaired to the nearest positive definite correlation (Higham 2002) where it is none. Size: today's floored
 * volatility × √horizon × a standardised return. Scenario i depends on (seed, i) and the model only: a larger set begins with the
 * smaller one. Refuses HISTORY_TOO_SHORT, NUMBER_OUT_OF_RANGE, MATRIX_NOT_POSITIVE, NOT_CONVERGED.
 * Sources: Demarta and McNeil (2005) for the copula; Barone-Adesi et al. (1999) for the margins.
 */
export function monteCarloSet(model: FactorModel, spec: MonteCarloSpec): ScenarioSet | Failure {
  const refused = refuseSpec(spec) ?? refuseFilter(spec) ?? refuseSeed(spec.seed);
  if (refused !== null) return refused;
  const engine = prepare(model, spec);
  if (isFailure(engine)) return engine;
  const { count } = spec;
  const shocks = new Float64Array(model.factors.length * count);
  const scores = new Float64Array(engine.active.length);
  for (let s = 0; s < count; s += 1) {
    drawScores(engine, { spec, scenario: s }, scores);
    for (const [a, f] of engine.active.entries()) {
      const size = engine.sigmas[a]! * toMargin(scores[a]!, engine.residuals[a]!, spec);
      shocks[f * count + s] = toShock(model.factors[f]!.kind, size);
    }
  }
  return {
    id: `monte-carlo-${spec.horizonDays}d`,
    family: 'monte-carlo',
    horizonDays: spec.horizonDays,
    count,
    names: Array.from({ length: count }, (_, s) => `mc-${String(s).padStart(6, '0')}`),
    factors: model.factors,
    shocks,
  };
}

function prepare(model: FactorModel, spec: MonteCarloSpec): Engine | Failure {
  const steps = stepsOfHorizon(model, spec.horizonDays);
  if (isFailure(steps)) return steps;
  const windows = windowsOf(model, { ...spec, horizonDays: model.stepDays, windows: 'overlapping' });
  if (isFailure(windows)) return windows;
  const first = windows.ends[0]!;
  const active: number[] = [];
  const standardised: Float64Array[] = [];
  const sigmas: number[] = [];
  for (let f = 0; f < model.factors.length; f += 1) {
    const changes = changesAt(model, f);
    const path = volatilityPath(changes, spec);
    if (isFailure(path)) return path;
    const residuals = changes.subarray(first).map((change, i) => {
      const then = path.forecasts[first + i]!;
      return then > 0 ? change / then : 0;
    });
    if (!residuals.some((residual) => residual !== 0)) continue;
    active.push(f);
    standardised.push(residuals);
    sigmas.push(path.next * Math.sqrt(steps));
  }
  const lower = correlate(standardised, spec);
  if (isFailure(lower)) return lower;
  const residuals = standardised.map((series) => Float64Array.from(series).sort());
  return { active, lower, sigmas: Float64Array.from(sigmas), residuals };
}

/** Cholesky factor of the shrunk, weighted correlation of the standardised returns. */
function correlate(standardised: readonly Float64Array[], spec: MonteCarloSpec): Float64Array | Failure {
  const n = standardised.length;
  if (n === 0) return new Float64Array(0);
  const moments = secondMoments(standardised);
  if (isFailure(moments)) return moments;
  const weighted = ewmaCovariance(standardised, { decay: spec.correlationDecay, first: moments });
  if (isFailure(weighted)) return weighted;
  const longRun = toCorrelation(moments);
  if (isFailure(longRun)) return longRun;
  const recent = toCorrelation(weighted);
  if (isFailure(recent)) return recent;
  const correlation = shrink(recent, longRun, spec.shrinkFrac);
  const lower = cholesky(correlation, n);
  if (!isFailure(lower)) return lower;
  const repaired = nearestCorrelation(correlation, { n, floor: EIGENVALUE_MIN });
  return isFailure(repaired) ? repaired : cholesky(repaired, n);
}

/** Correlated Student-t scores of one scenario: L·g / √(χ²/ν), one χ² for all factors. */
function drawScores(
  engine: Engine,
  { spec, scenario }: { spec: MonteCarloSpec; scenario: number },
  scores: Float64Array,
): void {
  const { draw } = makeRandom({ seed: spec.seed, stream: scenario, position: 0 });
  const n = scores.length;
  const scale = 1 / Math.sqrt(chiSquareQuantile(draw(), spec.copulaDf) / spec.copulaDf);
  const normals = new Float64Array(n);
  for (let a = 0; a < n; a += 1) {
    normals[a] = normalQuantile(draw());
    let sum = 0;
    for (let b = 0; b <= a; b += 1) sum += engine.lower[a * n + b]! * normals[b]!;
    scores[a] = sum * scale;
  }
}

/** A t score as a standardised return of its margin. */
function toMargin(score: number, residuals: Float64Array, spec: MonteCarloSpec): number {
  if (spec.margins === 'student-t') {
    const unit = Math.sqrt((spec.marginDf - 2) / spec.marginDf);
    if (spec.marginDf === spec.copulaDf) return unit * score;
    return unit * studentTQuantile(studentTCdf(score, spec.copulaDf), spec.marginDf);
  }
  return empiricalQuantile(residuals, studentTCdf(score, spec.copulaDf));
}

/** Quantile of an ascending sample, linear between the midpoints of its steps, flat beyond its ends (Hazen). */
function empiricalQuantile(ascending: Float64Array, u: number): number {
  const place = Math.min(ascending.length - 1, Math.max(0, u * ascending.length - 0.5));
  const below = Math.floor(place);
  const above = Math.min(ascending.length - 1, below + 1);
  return ascending[below]! + (place - below) * (ascending[above]! - ascending[below]!);
}

function refuseSpec(spec: MonteCarloSpec): Failure | null {
  const checks: readonly [string, number, boolean, string][] = [
    [
      'count',
      spec.count,
      Number.isInteger(spec.count) && spec.count >= 1 && spec.count <= COUNT_MAX,
      `1 to ${COUNT_MAX}`,
    ],
    ['copulaDf', spec.copulaDf, spec.copulaDf > 2 && spec.copulaDf <= 1e6, 'above 2, at most 1e6'],
    ['marginDf', spec.marginDf, spec.marginDf > 2 && spec.marginDf <= 1e6, 'above 2, at most 1e6'],
    ['shrinkFrac', spec.shrinkFrac, spec.shrinkFrac >= 0 && spec.shrinkFrac <= 1, 'from 0 to 1'],
  ];
  for (const [field, value, good, expected] of checks) {
    if (!good) return refuse('NUMBER_OUT_OF_RANGE', { field, value, expected });
  }
  return null;
}
