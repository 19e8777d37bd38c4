import { type Failure, isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { AssetId } from '../product/product.ts';
import { changesAt, factorsOfMarket, fitFactors } from '../scenario/factors.ts';
import { filteredSet, volatilityPath } from '../scenario/families/filtered-set.ts';
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
  const model = fitFactors({
    history,
    asOfMs: market.timeMs,
    factors: factorsOfMarket(market),
    assets: [...market.assets.values()].map((quote) => quote.asset),
    seed: methodology.monteCarlo.seed,
  });
  if (isFailure(model)) return model;
  const { horizonDays, historical, filtered, monteCarlo, antiProcyclicality } = methodology;
  const floorFrac = antiProcyclicality.tool === 'long-run-floor' ? 1 : filtered.floorFrac;
  const filter = { ...filtered, floorFrac };
  const made: (readonly [ViewId, ScenarioSet | Failure])[] = [
    ['historical', historicalSet(model, { horizonDays, ...historical, windows: 'overlapping' })],
    ['filtered', filteredSet(model, { horizonDays, ...filter, windows: 'overlapping' })],
    ['monte-carlo', monteCarloSet(model, { horizonDays, ...filter, ...monteCarlo })],
    ['stress', stressSet(model)],
  ];
  const sets = new Map<ViewId, ScenarioSet>();
  for (const [id, set] of made) {
    if (isFailure(set)) return set;
    sets.set(id, set);
  }
  const dailyVol = new Map<AssetId, number>();
  for (const [f, factor] of model.factors.entries()) {
    if (factor.kind !== 'spot') continue;
    const path = volatilityPath(changesAt(model, f), filter);
    if (isFailure(path)) return path;
    dailyVol.set(factor.asset, path.next / Math.sqrt(model.stepDays));
  }
  return { sets, dailyVol };
}
