import { type Failure, isFailure, refuse } from '../../base/failure.ts';
import { meanSquare } from '../../base/moments.ts';
import { changesAt, type FactorModel } from '../factors.ts';
import type { ScenarioSet } from '../set.ts';
import { ewmaVariances, floorVariance } from '../volatility.ts';
import { toShock, windowChange, windowsOf, type WindowSpec } from './windows.ts';

/** How volatility is forecast and how far it may move a scenario. */
export type FilterSpec = {
  /** Decay of the exponentially weighted variance per step, in (0, 1). */
  readonly decay: number;
  /**
   * Weight in [0, 1] of the long run (all of the model's history) in today's volatility: (1 − w) · weighted + w · long run. A quiet month
   * lets margin down by less, a storm raises it by less, and every crisis of the past keeps its weight (RTS 153/2013, article 28).
   */
  readonly longRunFrac: number;
  /** Today's volatility is at least this share of the long run's; 0 = no floor. */
  readonly floorFrac: number;
  /** No return is scaled up by more than this: a return ten times its forecast is an event, not a unit of volatility. */
  readonly scaleMax: number;
};

export const DEFAULT_FILTER: FilterSpec = { decay: 0.97, longRunFrac: 0, floorFrac: 0.75, scaleMax: 4 };

/** Volatility of one factor per step: forecasts for every step, and today's for the next, floored. */
export type VolatilityPath = {
  /** √ of the variance forecast of each step, made before it; 0 where the factor never moved. */
  readonly forecasts: Float64Array;
  /** Forecast for the next step, blended with the long run and not below its floor. */
  readonly next: number;
};

/**
 * Exponentially weighted volatility of a factor's changes, started at the long-run variance. A factor that never moved has 0
 * throughout. Refuses a decay outside (0, 1).
 */
export function volatilityPath(changes: Float64Array, spec: FilterSpec): VolatilityPath | Failure {
  const longRun = meanSquare(changes);
  const variances = ewmaVariances(changes, { decay: spec.decay, first: longRun });
  if (isFailure(variances)) return variances;
  const recent = Math.sqrt(variances[changes.length]!);
  const blended = recent + spec.longRunFrac * (Math.sqrt(longRun) - recent);
  const next = Math.sqrt(floorVariance(blended * blended, changes, spec.floorFrac));
  return { forecasts: variances.subarray(0, changes.length).map(Math.sqrt), next };
}

/**
 * Filtered historical scenarios (SCENARIO-021): each window's move of each factor times today's volatility over the volatility forecast at the
 * window's start. The windows keep what happened together together. Refuses as {@link windowsOf} and {@link volatilityPath}.
 * Source: Barone-Adesi, Giannopoulos and Vosper (1999).
 */
export function filteredSet(model: FactorModel, spec: WindowSpec & FilterSpec): ScenarioSet | Failure {
  const windows = windowsOf(model, spec);
  if (isFailure(windows)) return windows;
  const refused = refuseFilter(spec);
  if (refused !== null) return refused;
  const count = windows.ends.length;
  const shocks = new Float64Array(model.factors.length * count);
  for (const [f, factor] of model.factors.entries()) {
    const changes = changesAt(model, f);
    const path = volatilityPath(changes, spec);
    if (isFailure(path)) return path;
    for (const [s, end] of windows.ends.entries()) {
      const then = path.forecasts[end - windows.steps + 1]!;
      const scale = then > 0 ? Math.min(spec.scaleMax, path.next / then) : 1;
      shocks[f * count + s] = toShock(factor.kind, scale * windowChange(changes, end, windows.steps));
    }
  }
  return {
    id: `filtered-${spec.horizonDays}d`,
    family: 'filtered',
    horizonDays: spec.horizonDays,
    count,
    names: windows.ends.map((end) => model.endLabels[end]!),
    factors: model.factors,
    shocks,
  };
}

export function refuseFilter({ longRunFrac, floorFrac, scaleMax }: FilterSpec): Failure | null {
  if (!(longRunFrac >= 0 && longRunFrac <= 1)) {
    return refuse('NUMBER_OUT_OF_RANGE', {
      field: 'longRunFrac',
      value: longRunFrac,
      expected: 'from 0 to 1',
    });
  }
  if (!(floorFrac >= 0 && Number.isFinite(floorFrac))) {
    return refuse('NUMBER_OUT_OF_RANGE', { field: 'floorFrac', value: floorFrac, expected: 'at least 0' });
  }
  if (scaleMax >= 1) return null;
  return refuse('NUMBER_OUT_OF_RANGE', { field: 'scaleMax', value: scaleMax, expected: 'at least 1' });
}
