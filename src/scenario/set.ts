import type { AssetId } from '../product/product.ts';

/**
 * One axis of a scenario.
 * `spot`: simple return of the asset's USD price (−0.12 = −12 %), also for stablecoins (peg) and collateral.
 * `volShort`, `volLong`: relative change of at-the-money vol at 30 and 180 days (+0.3 = vol × 1.3); between and beyond
 * interpolated linearly in ln(days), flat outside. `skew`: absolute vol added per unit of k / √τ. `basis`: absolute change of
 * the annualised basis, forward × exp(basis · τ).
 */
export type Factor = {
  readonly asset: AssetId;
  readonly kind: 'spot' | 'volShort' | 'volLong' | 'skew' | 'basis';
};

export type ScenarioFamily = 'grid' | 'historical' | 'filtered' | 'monte-carlo' | 'stress';

/** Joint moves of all factors. `shocks[f · count + s]` is factor f in scenario s. */
export type ScenarioSet = {
  readonly id: string;
  readonly family: ScenarioFamily;
  readonly horizonDays: number;
  readonly count: number;
  /** One per scenario: a date, `mc-000017`, `2020-03-12 Covid crash`. */
  readonly names: readonly string[];
  readonly factors: readonly Factor[];
  readonly shocks: Float64Array;
};

/** P&L of one contract long per instrument, in USD at the scenario's own settlement price. Row i starts at i · count. */
export type PnlMatrix = {
  readonly count: number;
  readonly rows: ReadonlyMap<string, Float64Array>;
};
