import type { Pool } from '../../collateral/pool.ts';
import type { AssetId } from '../../product/product.ts';
import type { AddOnParameters } from '../methodology.ts';
import type { ValuedBook } from '../valued-book.ts';

/** What every add-on may look at. `linked` are the owner's other accounts: signed delta units per underlying. */
export type AddOnInput = {
  readonly book: ValuedBook;
  readonly pool: Pool;
  readonly parameters: AddOnParameters;
  /** Scenario requirement before add-ons, USD ≥ 0. */
  readonly coreUsd: number;
  readonly linked: ReadonlyMap<AssetId, number>;
  /** Daily volatility of each underlying as a fraction, for market impact. */
  readonly dailyVol: ReadonlyMap<AssetId, number>;
};

/** A charge with its split: `byPosition[i]` belongs to `book.pooled[i]`, `byAsset` to collateral; together they sum to `usd`. */
export type AddOn = {
  readonly id: string;
  readonly about: string;
  readonly usd: number;
  readonly byPosition: Float64Array;
  readonly byAsset: ReadonlyMap<AssetId, number>;
};

/** Splits `usd` over positions in proportion to non-negative weights; evenly where all weights are zero. */
export function splitByWeight(usd: number, weights: Float64Array): Float64Array {
  const sum = weights.reduce((total, w) => total + w, 0);
  if (sum > 0) return weights.map((w) => (usd * w) / sum);
  return weights.map(() => (weights.length === 0 ? 0 : usd / weights.length));
}
