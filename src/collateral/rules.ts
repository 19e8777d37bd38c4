import type { AssetId } from '../product/product.ts';

/** Marginal tier: the part of the value up to `upToUsd` (null = no end) loses `haircutFrac`. Ascending. */
export type HaircutTier = { readonly upToUsd: number | null; readonly haircutFrac: number };

/**
 * How one asset counts. `tiers`: published haircuts by size, and the asset is left out of the scenario vector.
 * `scenarios`: no haircut, the asset moves with the positions. Never both (COLLATERAL-003).
 */
export type AssetRule = {
  readonly asset: AssetId;
  readonly treatment: 'tiers' | 'scenarios';
  readonly tiers: readonly HaircutTier[];
  /** A liability of this asset weighs 1 + this. */
  readonly liabilityWeightFrac: number;
  /** Most USD of this asset that one account may count; null = no cap. */
  readonly capUsd: number | null;
};

export type IssuerCap = { readonly issuer: string; readonly capUsd: number };

/** An asset without a rule counts nothing as collateral and weighs double as a liability. */
export type CollateralRules = {
  readonly assets: readonly AssetRule[];
  readonly issuerCaps: readonly IssuerCap[];
};

/** The same rules with every asset under its published haircut tiers: for methods that have no scenario vector. */
export function publishedHaircuts(rules: CollateralRules): CollateralRules {
  return { ...rules, assets: rules.assets.map((rule) => ({ ...rule, treatment: 'tiers' })) };
}
