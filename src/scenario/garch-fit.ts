import { exp, log } from '../base/elementary.ts';
import { isFailure, refuse } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import { solvePositive } from '../base/matrix.ts';
import { minimise } from '../base/minimise.ts';
import { mean, meanSquare, moments } from '../base/moments.ts';
import { filterVariances, garchPersistence, logLikelihoodOf } from './garch.ts';
import type { GarchInit, GarchModel } from './garch.ts';
import { refuseReturns } from './volatility.ts';

/**
 * What to fit. `leverage` `symmetric` fixes gamma at 0. `stationary` keeps the persistence at or below 1 − 1e-6; `free` lets it pass 1,
 * where the fit has no long-run variance and serves for one day only.
 */
export type GarchSpec = {
  readonly law: 'normal' | 'student-t';
  readonly leverage: 'symmetric' | 'asymmetric';
  readonly persistence: 'stationary' | 'free';
  readonly init: GarchInit;
};

export type GarchFit = {
  readonly model: GarchModel;
  readonly logLikelihood: number;
  readonly persistence: number;
  /** True where the maximum lies on the stationarity bound: the data would rather have no long-run variance. */
  readonly atBound: boolean;
  /** omega/(1 − persistence); null at a persistence of 1 or above. */
  readonly longRunVariance: number | null;
};

const PERSISTENCE_MAX = 1 - 1e-6;

/** A fit of five or six numbers to fewer returns than this is noise. */
const RETURNS_MIN = 100;
/** A t with more degrees of freedom is a normal. */
const NU_MAX = 1000;
/** How far a first guess is followed, and the best of them. */
const ROUGH = { spread: 1e-6, width: 1e-3 };
const FINE = { spread: 1e-10, width: 1e-7 };
const EVALUATIONS_MAX = 20_000;

/** First guesses of alpha and persistence; the likelihood can have more than one hill. */
const STARTS = [
  { alpha: 0.05, persistence: 0.98 },
  { alpha: 0.12, persistence: 0.93 },
  { alpha: 0.2, persistence: 0.7 },
];

/**
 * The axes searched: mu in standard deviations, ln(omega/variance), alpha, persistence, then gamma and 1/nu where they are fitted. On the bound the persistence is no axis.
 */
type Axes = {
  readonly spec: GarchSpec;
  readonly centre: number;
  readonly sd: number;
  readonly onBound: boolean;
};

function toModel(x: Float64Array, { spec, centre, sd, onBound }: Axes): GarchModel {
  let next = 3;
  const persistence = onBound ? PERSISTENCE_MAX : x[next++]!;
  const gamma = spec.leverage === 'asymmetric' ? x[next++]! : 0;
  const nu = spec.law === 'student-t' ? 1 / x[next]! : null;
  const alpha = x[2]!;
  const beta = persistence - alpha - gamma / 2;
  return { mu: centre + sd * x[0]!, omega: sd * sd * exp(x[1]!), alpha, beta, gamma, nu };
}

function toAxes(model: GarchModel, { spec, centre, sd, onBound }: Axes): Float64Array {
  const x = [(model.mu - centre) / sd, log(model.omega / (sd * sd)), model.alpha];
  if (!onBound) x.push(garchPersistence(model));
  if (spec.leverage === 'asymmetric') x.push(model.gamma);
  if (model.nu !== null) x.push(1 / model.nu);
  return Float64Array.from(x);
}

function stepsOf({ spec, onBound }: Axes): Float64Array {
  const steps = [0.05, 0.5, 0.03];
  if (!onBound) steps.push(-0.01);
  if (spec.leverage === 'asymmetric') steps.push(0.03);
  if (spec.law === 'student-t') steps.push(0.05);
  return Float64Array.from(steps);
}

function isAllowed(model: GarchModel, spec: GarchSpec): boolean {
  const { alpha, beta, gamma, nu } = model;
  if (!(alpha >= 0 && beta >= 0 && alpha + gamma >= 0)) return false;
  if (nu !== null && !(nu > 2 && nu <= NU_MAX)) return false;
  return garchPersistence(model) <= (spec.persistence === 'stationary' ? PERSISTENCE_MAX + 1e-15 : 2);
}

type Hill = { readonly model: GarchModel; readonly value: number };

/** Searches over the axes from a model, as far as `goal`; what it gives is no worse. */
function climb(
  returns: Float64Array,
  axes: Axes,
  { from, goal }: { readonly from: GarchModel; readonly goal: typeof FINE },
): Hill {
  const variances = new Float64Array(returns.length + 1);
  const cost = (x: Float64Array): number => {
    const model = toModel(x, axes);
    if (!isAllowed(model, axes.spec)) return Number.POSITIVE_INFINITY;
    filterVariances(returns, model, { init: axes.spec.init, variances });
    return -logLikelihoodOf(returns, variances, model);
  };
  const options = { steps: stepsOf(axes), ...goal, evaluationsMax: EVALUATIONS_MAX };
  const found = minimise(cost, toAxes(from, axes), options);
  return { model: toModel(found.at, axes), value: -found.value };
}

function startingModel(start: (typeof STARTS)[number], { spec, centre, sd }: Axes): GarchModel {
  const { alpha, persistence } = start;
  return {
    mu: centre,
    omega: sd * sd * (1 - persistence),
    alpha,
    beta: persistence - alpha - (spec.leverage === 'asymmetric' ? 0.01 : 0),
    gamma: spec.leverage === 'asymmetric' ? 0.02 : 0,
    nu: spec.law === 'student-t' ? 6 : null,
  };
}

/**
 * Maximum likelihood fit, deterministic: three first guesses, the best hill climbed to the end, and, where it leans on the stationarity
 * bound, the bound itself searched too. Refuses fewer than 100 returns, returns that are not finite or do not vary, and
 * `NOT_CONVERGED` where no guess leads to a finite likelihood.
 */
export function fitGarch(returns: Float64Array, spec: GarchSpec): GarchFit | Failure {
  const refused = refuseReturns(returns);
  if (refused !== null) return refused;
  const sd = Math.sqrt(moments(returns).variance);
  if (returns.length < RETURNS_MIN || !(sd > 1e-12 * Math.sqrt(meanSquare(returns)))) {
    const expected = `${RETURNS_MIN} returns that vary`;
    return refuse('HISTORY_TOO_SHORT', { field: 'returns', value: returns.length, expected });
  }
  const axes: Axes = { spec, centre: mean(returns), sd, onBound: false };
  let best: Hill = { model: startingModel(STARTS[0]!, axes), value: Number.NEGATIVE_INFINITY };
  for (const start of STARTS) {
    const found = climb(returns, axes, { from: startingModel(start, axes), goal: ROUGH });
    if (found.value > best.value) best = found;
  }
  const leans = spec.persistence === 'stationary' && garchPersistence(best.model) > 0.99;
  const edge = leans ? climb(returns, { ...axes, onBound: true }, { from: best.model, goal: FINE }) : null;
  const atBound = edge !== null && edge.value >= best.value;
  best = atBound ? edge : climb(returns, axes, { from: best.model, goal: FINE });
  if (!Number.isFinite(best.value))
    return refuse('NOT_CONVERGED', { field: 'returns', value: best.value, expected: 'a finite likelihood' });
  const persistence = garchPersistence(best.model);
  const longRunVariance = persistence < 1 ? best.model.omega / (1 - persistence) : null;
  return { model: best.model, logLikelihood: best.value, persistence, atBound, longRunVariance };
}

/** The parameters that a model with this leverage lets move. */
function freeParameters(model: GarchModel, leverage: GarchSpec['leverage']): (keyof GarchModel)[] {
  const names: (keyof GarchModel)[] = ['mu', 'omega', 'alpha', 'beta'];
  if (leverage === 'asymmetric') names.push('gamma');
  if (model.nu !== null) names.push('nu');
  return names;
}

/**
 * Second derivatives of the log-likelihood in the free parameters, row-major, by central differences with steps of 1e-4 of each
 * parameter (of the standard deviation for mu).
 */
function hessianOf(
  returns: Float64Array,
  model: GarchModel,
  spec: Pick<GarchSpec, 'leverage' | 'init'>,
): Float64Array {
  const names = freeParameters(model, spec.leverage);
  const sd = Math.sqrt(moments(returns).variance);
  const steps = names.map((name) => 1e-4 * (name === 'mu' ? sd : Math.abs(model[name]!) || 1e-2));
  const variances = new Float64Array(returns.length + 1);
  const at = (moves: readonly (readonly [number, number])[]): number => {
    const moved: Record<string, number | null> = { ...model };
    for (const [i, sign] of moves) moved[names[i]!] = moved[names[i]!]! + sign * steps[i]!;
    const shifted = moved as GarchModel;
    filterVariances(returns, shifted, { init: spec.init, variances });
    return logLikelihoodOf(returns, variances, shifted);
  };
  const n = names.length;
  const centre = at([]);
  const hessian = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    hessian[i * n + i] = (at([[i, 1]]) - 2 * centre + at([[i, -1]])) / (steps[i]! * steps[i]!);
    for (let j = 0; j < i; j++) {
      const cross = at([[i, 1], [j, 1]]) - at([[i, 1], [j, -1]]) - at([[i, -1], [j, 1]]) + at([[i, -1], [j, -1]]); // prettier-ignore
      hessian[i * n + j] = hessian[j * n + i] = cross / (4 * steps[i]! * steps[j]!);
    }
  }
  return hessian;
}

/** Standard errors of the parameters that were fitted. */
export type GarchErrors = Readonly<Partial<Record<keyof GarchModel, number>>>;

/**
 * Standard errors from the observed information. Refuses `MATRIX_NOT_POSITIVE` where the likelihood does not curve down in every
 * direction, as on the stationarity bound.
 */
export function garchStandardErrors(
  returns: Float64Array,
  model: GarchModel,
  spec: Pick<GarchSpec, 'leverage' | 'init'>,
): GarchErrors | Failure {
  const names = freeParameters(model, spec.leverage);
  const information = hessianOf(returns, model, spec).map((x) => -x);
  const errors: Partial<Record<keyof GarchModel, number>> = {};
  for (const [i, name] of names.entries()) {
    const unit = Float64Array.from(names, (_, k) => (k === i ? 1 : 0));
    const column = solvePositive(information, unit);
    if (isFailure(column)) return column;
    errors[name] = Math.sqrt(column[i]!);
  }
  return errors;
}
