import { type Failure, isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import type { AssetId, Derivative } from '../product/product.ts';
import { repriceAll, repriceAssets } from '../scenario/reprice.ts';
import type { ScenarioSet } from '../scenario/set.ts';
import type { RiskModel, RiskView, ViewId } from './risk-view.ts';

export type ScenarioSets = ReadonlyMap<ViewId, ScenarioSet>;

/** Instruments and assets that a group of accounts needs rows for, each once, in ascending order of id. */
export type Universe = { readonly products: readonly Derivative[]; readonly assets: readonly AssetId[] };

export function toUniverse(accounts: readonly Account[], market: Market): Universe {
  const products = new Map<string, Derivative>();
  const assets = new Set<AssetId>();
  for (const account of accounts) {
    for (const asset of account.balances.keys()) assets.add(asset);
    for (const { instrument } of [...account.positions, ...account.orders]) {
      const product = market.products.get(instrument);
      if (product === undefined || product.kind === 'spot') continue;
      products.set(instrument, product);
      assets.add(product.settle);
    }
  }
  return {
    products: [...products.keys()].sort().map((id) => products.get(id)!),
    assets: [...assets].sort(),
  };
}

/** Reprices a universe under every scenario set in one market. Cost: instruments × scenarios. */
export function buildRiskModel(sets: ScenarioSets, market: Market, universe: Universe): RiskModel | Failure {
  const model = new Map<ViewId, RiskView>();
  for (const [id, set] of sets) {
    const instruments = repriceAll(universe.products, market, set);
    if (isFailure(instruments)) return instruments;
    const assets = repriceAssets(universe.assets, market, set);
    if (isFailure(assets)) return assets;
    model.set(id, { set, instruments, assets });
  }
  return model;
}
