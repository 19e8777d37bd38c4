import { type Failure, isFailure } from '../base/failure.ts';
import type { Market } from '../market/market.ts';
import type { Account } from '../portfolio/account.ts';
import type { AssetId, Derivative } from '../product/product.ts';
import { repriceAll } from '../scenario/reprice.ts';
import type { ScenarioSet } from '../scenario/set.ts';
import type { RiskModel, RiskView, ViewId } from './risk-view.ts';

export type ScenarioSets = ReadonlyMap<ViewId, ScenarioSet>;

/** Every derivative that any of the accounts holds or has on order, once, in ascending order of id. */
export function heldProducts(accounts: readonly Account[], market: Market): Derivative[] {
  const products = new Map<string, Derivative>();
  for (const account of accounts) {
    for (const { instrument } of [...account.positions, ...account.orders]) {
      const product = market.products.get(instrument);
      if (product !== undefined && product.kind !== 'spot') products.set(instrument, product);
    }
  }
  return [...products.keys()].sort().map((id) => products.get(id)!);
}

/** Reprices products and all assets under every scenario set in one market. Cost: instruments × scenarios. */
export function buildRiskModel(
  sets: ScenarioSets,
  market: Market,
  products: readonly Derivative[],
): RiskModel | Failure {
  const model = new Map<ViewId, RiskView>();
  for (const [id, set] of sets) {
    const matrix = repriceAll(products, market, set);
    if (isFailure(matrix)) return matrix;
    model.set(id, { set, matrix });
  }
  return model;
}

/**
 * The model in a market where one asset alone moved: only contracts on it or paid in it are repriced, the other rows stand. The same
 * rows as {@link buildRiskModel} gives there.
 */
export function moveRiskModel(
  before: RiskModel,
  market: Market,
  of: { readonly moved: AssetId; readonly products: readonly Derivative[] },
): RiskModel | Failure {
  const affected = of.products.filter((p) => p.underlying === of.moved || p.settle === of.moved);
  const model = new Map<ViewId, RiskView>();
  for (const [id, { set, matrix }] of before) {
    const fresh = repriceAll(affected, market, set);
    if (isFailure(fresh)) return fresh;
    model.set(id, { set, matrix: { count: set.count, rows: new Map([...matrix.rows, ...fresh.rows]) } });
  }
  return model;
}
