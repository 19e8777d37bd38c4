import { unreachable } from '../base/assert.ts';
import { type Failure, isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { AssetId } from '../product/product.ts';
import { changesAt, type FactorModel, factorsOfMarket, fitFactors } from '../scenario/factors.ts';
import { filteredSet, type FilterSpec, volatilityPath } from '../scenario/families/filtered-set.ts';
import { historicalSet } from '../scenario/families/historical.ts';
import { monteCarloSet } from '../scenario/families/monte-carlo.ts';
import { stressSet } from '../scenario/families/stress.ts';
import type { History } from '../scenario/history.ts';
import type { ScenarioSet } from '../scenario/set.ts';
import type { Methodology } from './methodology.ts';
import type { ScenarioSets } from './risk-model.ts';
import type { ViewId } from './risk-view.ts';

/** The sets of a methodology, and the daily volatility per asset that market impact is measured in. */
export type FittedScenarios = {
  readonly sets: ScenarioSets;
  readonly dailyVol: ReadonlyMap<AssetId, number>;
};

/**
 * Fits every scenario set that the tail methods need, from a history as it was known at the market's time (SCENARIO-010: nothing later is
 * looked at). Refuses what the families refuse: too short a history, unknown factors, parameters out of range.
 */
export function fitScenarios(
  market: Market,
  history: History,
  methodology: Methodology,
): FittedScenarios | Failure {
  const model = fitModel(market, history, methodology);
  return isFailure(model) ? model : fitSets(model, methodology);
}

/** The gap-free factor changes behind the sets of a market, as known at its time. Refuses as {@link fitFactors}. */
export function fitModel(market: Market, history: History, methodology: Methodology): FactorModel | Failure {
  return fitFactors({
    history,
    asOfMs: market.timeMs,
    factors: factorsOfMarket(market),
    assets: [...market.assets.values()].map((quote) => quote.asset),
    seed: methodology.monteCarlo.seed,
  });
}

/** How volatility is forecast under a methodology: its filter, with the floor of the anti-procyclicality tool where that is the one. */
export function filterOf({ filtered, antiProcyclicality }: Methodology): FilterSpec {
  const floorFrac = antiProcyclicality.tool === 'long-run-floor' ? 1 : filtered.floorFrac;
  const { decay, longRunFrac, scaleMax } = filtered;
  return { decay, longRunFrac, floorFrac, scaleMax };
}

const VIEW_IDS: readonly ViewId[] = ['historical', 'filtered', 'monte-carlo', 'stress'];

/** One set of a methodology from a fitted model. Refuses what the family refuses. */
export function fitSet(view: ViewId, model: FactorModel, methodology: Methodology): ScenarioSet | Failure {
  const { horizonDays, historical, filtered, monteCarlo } = methodology;
  const filter = filterOf(methodology);
  const { lookbackDays } = filtered;
  switch (view) {
    case 'historical':
      return historicalSet(model, { horizonDays, ...historical, windows: 'overlapping' });
    case 'filtered':
      return filteredSet(model, { horizonDays, lookbackDays, ...filter, windows: 'overlapping' });
    case 'monte-carlo':
      return monteCarloSet(model, { horizonDays, lookbackDays, ...filter, ...monteCarlo });
    case 'stress':
      return stressSet(model);
    default:
      return unreachable(view);
  }
}

/** All sets of a methodology from a fitted model. Refuses what the families refuse. */
function fitSets(model: FactorModel, methodology: Methodology): FittedScenarios | Failure {
  const sets = new Map<ViewId, ScenarioSet>();
  for (const view of VIEW_IDS) {
    const set = fitSet(view, model, methodology);
    if (isFailure(set)) return set;
    sets.set(view, set);
  }
  const dailyVol = new Map<AssetId, number>();
  for (const [f, factor] of model.factors.entries()) {
    if (factor.kind !== 'spot') continue;
    const path = volatilityPath(changesAt(model, f), filterOf(methodology));
    if (isFailure(path)) return path;
    dailyVol.set(factor.asset, path.next / Math.sqrt(model.stepDays));
  }
  return { sets, dailyVol };
}

const FITTED = ['horizonDays', 'historical', 'filtered', 'monteCarlo', 'antiProcyclicality'] as const;

/** Whether two methodologies fit the same sets from the same history. */
export function fitsAlike(a: Methodology, b: Methodology): boolean {
  return FITTED.every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}
